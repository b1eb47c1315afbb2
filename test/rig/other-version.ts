import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** A program that runs, and what it has printed on both outputs so far. */
export interface OtherVersion {
	readonly child: ChildProcess;
	printed(): string;
	/** Ctrl-C, and waits until it is gone. */
	stop(): Promise<void>;
}

/** Makes a copy of the built program that is of another version, as another machine may have. @returns its folder */
export async function copyAsVersion(folder: string, version: string): Promise<string> {
	const root = fileURLToPath(new URL("../..", import.meta.url));
	const copy = join(folder, `livesoak-${version}`);
	await mkdir(copy);
	await cp(join(root, "dist"), join(copy, "dist"), { recursive: true });
	await symlink(join(root, "node_modules"), join(copy, "node_modules"));
	const manifest = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
	await writeFile(join(copy, "package.json"), JSON.stringify({ ...manifest, version }));
	return copy;
}

export function startCopy(copy: string, args: readonly string[]): OtherVersion {
	const main = join(copy, "dist", "cli", "main.js");
	const env = { PATH: process.env.PATH, HOME: process.env.HOME };
	const child = spawn(process.execPath, [main, ...args], { env, cwd: copy, stdio: "pipe" });
	let text = "";
	for (const stream of [child.stdout, child.stderr])
		stream.on("data", (chunk) => {
			text += chunk;
		});
	const gone = once(child, "close");
	return {
		child,
		printed: () => text,
		async stop() {
			child.kill("SIGINT");
			await gone;
		},
	};
}
