import { mkdir, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";

/**
 * Makes a folder and those above it that are missing. Node's own `recursive` never comes back where
 * a file system says ENOENT below a folder that is there, as /proc does.
 * @throws Error with a code (EACCES, ENOSPC, ENOTDIR, ENOENT …) when it cannot be made
 */
export async function makeFolders(path: string): Promise<void> {
	if (await isFolder(path)) return;
	const above = dirname(resolve(path));
	if (above !== resolve(path)) await makeFolders(above);
	await mkdir(path).catch(async (cause) => {
		// Somebody else made it meanwhile.
		if (!(await isFolder(path))) throw cause;
	});
}

async function isFolder(path: string): Promise<boolean> {
	return stat(path).then(
		(found) => found.isDirectory(),
		() => false,
	);
}
