import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Every temporary folder of this room starts like this; the guardian removes no other folder. */
export const temporaryFolderPrefix = "livesoak-";

/** A new folder (mode 0700, as mkdtemp makes it) below the system's temporary folder. */
export function makeTemporaryFolder(purpose: string): Promise<string> {
	return mkdtemp(join(tmpdir(), `${temporaryFolderPrefix}${purpose}-`));
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
