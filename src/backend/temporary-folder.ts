import { lstat, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isAbandoned, noteOwner } from "./folder-owner.js";

/** Every temporary folder of this room starts like this; no other folder is ever removed. */
export const temporaryFolderPrefix = "livesoak-";
/** By one start: what is left then is for the next one. */
const mostAbandoned = 100;

/**
 * A new folder (mode 0700, as mkdtemp makes it). Meanwhile those beside it go whose owners were killed before they
 * could remove them; the caller neither waits for that nor hears of it.
 * @param parent @default the system's temporary folder
 */
export async function makeTemporaryFolder(purpose: string, parent = tmpdir()): Promise<string> {
	const folder = await mkdtemp(join(parent, `${temporaryFolderPrefix}${purpose}-`));
	noteOwner(folder);
	void lstat(folder)
		.then(({ uid }) => removeAbandoned(parent, uid))
		.catch(() => {});
	return folder;
}

/**
 * Removes temporary folders whose owners are provably gone, 100 at most.
 * @param uid of this user: those of others are left alone
 * @throws what the file system says of `parent`
 */
export async function removeAbandoned(parent: string, uid: number): Promise<void> {
	let left = mostAbandoned;
	for (const entry of await readdir(parent, { withFileTypes: true })) {
		// A link is no folder here.
		if (!entry.isDirectory() || !entry.name.startsWith(temporaryFolderPrefix)) continue;
		const folder = join(parent, entry.name);
		try {
			if ((await lstat(folder)).uid !== uid || !(await isAbandoned(folder))) continue;
			await removeTemporaryFolder(folder);
		} catch {
			// Somebody else removes it, or it is not ours to read.
			continue;
		}
		if (--left === 0) return;
	}
}

/** Writes a file that only its owner can read (0600 from the first byte) and returns its path. */
export async function writeSecretFile(
	folder: string,
	name: string,
	content: string,
): Promise<string> {
	const path = join(folder, name);
	await writeFile(path, content, { mode: 0o600, flag: "wx" });
	return path;
}

/** Removes the folder and all in it; a folder that is gone already is no error. */
export function removeTemporaryFolder(folder: string): Promise<void> {
	return rm(folder, { recursive: true, force: true, maxRetries: 3 });
}
