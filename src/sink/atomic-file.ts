import { open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Writes a whole file so that a reader, or a power cut, sees the old content or the new one, never a
 * part: temporary file beside it, fsync, rename, fsync of the folder.
 */
export async function writeAtomically(path: string, content: string): Promise<void> {
	const temporary = `${path}.tmp`;
	try {
		const file = await open(temporary, "w");
		try {
			await file.writeFile(content);
			await file.sync();
		} finally {
			await file.close();
		}
		await rename(temporary, path);
	} catch (error) {
		// A full disk needs nothing less than one more empty file.
		await rm(temporary, { force: true }).catch(() => {});
		throw error;
	}
	await syncFolder(dirname(path));
}

/** Makes new names in a folder durable. Where folders cannot be synced (Windows) the rename has to do. */
export async function syncFolder(path: string): Promise<void> {
	const folder = await open(path, "r").catch(() => undefined);
	if (!folder) return;
	try {
		await folder.sync();
	} catch {
		// Some file systems refuse fsync on a folder (EINVAL); the file itself is safe already.
	} finally {
		await folder.close();
	}
}
