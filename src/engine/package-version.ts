import { readFileSync } from "node:fs";

/**
 * Version of an installed package, by the nearest package.json above its entry file that carries its name:
 * packages need not export their own.
 * @param entry what `import.meta.resolve` answers
 */
export function packageVersion(name: string, entry: string): string {
	for (let folder = new URL(".", entry); folder.pathname !== "/"; folder = new URL("..", folder)) {
		const manifest = readManifest(new URL("package.json", folder));
		if (manifest?.name === name) return manifest.version ?? "unknown";
	}
	return "unknown";
}

function readManifest(file: URL): { name?: string; version?: string } | undefined {
	try {
		return JSON.parse(readFileSync(file, "utf8")) as { name?: string; version?: string };
	} catch {
		return undefined;
	}
}
