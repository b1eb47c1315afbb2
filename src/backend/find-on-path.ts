import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { delimiter, resolve } from "node:path";

/** The first executable file called `name` on the PATH of `env` (absolute), or `undefined`. */
export async function findOnPath(
	name: string,
	env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
	for (const folder of (env.PATH ?? "").split(delimiter)) {
		if (folder === "") continue;
		const path = resolve(folder, name);
		if (await isExecutableFile(path)) return path;
	}
	return undefined;
}

/** Whether `path` is a regular file that this user may execute. */
export async function isExecutableFile(path: string): Promise<boolean> {
	try {
		await access(path, constants.X_OK);
		return (await stat(path)).isFile();
	} catch {
		return false;
	}
}
