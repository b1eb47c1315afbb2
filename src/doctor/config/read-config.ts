import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { UserError } from "../../error/user-error.js";

/** A config file of servers is some KiB; what is larger was named by mistake. */
const mostBytes = 1024 * 1024;

export interface ConfigText {
	/** As the user named it. */
	readonly fileName: string;
	readonly text: string;
}

/**
 * Reads a config file, whole: its size is looked at before a byte is read.
 * @param flag the one that named it, for messages
 * @throws UserError (exit 2): absent, unreadable, no regular file, over 1 MiB, empty, binary or not UTF-8
 */
export async function readConfig(path: string, flag?: string): Promise<ConfigText> {
	const fail = (what: string, hint?: string, cause?: unknown): never => {
		throw new UserError({
			message: `${flag === undefined ? path : `${flag} ${path}`} ${what}.`,
			cause,
			...(hint === undefined ? {} : { hint }),
		});
	};
	// Without waiting: opening a named pipe that nobody writes to would last for ever.
	const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch(
		(error: NodeJS.ErrnoException) => fail(whyNot(error), undefined, error),
	);
	try {
		const stats = await file.stat();
		if (stats.isDirectory()) fail("is a folder", "Name the config file in it.");
		if (!stats.isFile()) fail("is no regular file");
		if (stats.size > mostBytes)
			fail(
				`has ${(stats.size / mostBytes).toFixed(1)} MiB, which is no config file (1 MiB at most)`,
				"Is it the right path?",
			);
		const text = decoded(await file.readFile(), fail);
		if (text.trim() === "") fail("is empty", "Name the file that the server reads.");
		return { fileName: path, text };
	} finally {
		await file.close();
	}
}

function decoded(bytes: Buffer, fail: (what: string, hint?: string) => never): string {
	const isUtf16 =
		(bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
	if (isUtf16) fail("is UTF-16", "Save it as UTF-8.");
	if (bytes.includes(0)) fail("is a binary file, not a config");
	try {
		return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
	} catch {
		return fail("is not UTF-8", "Save it as UTF-8.");
	}
}

function whyNot({ code, message }: NodeJS.ErrnoException): string {
	switch (code) {
		case "ENOENT":
			return "does not exist";
		case "ENOTDIR":
			return "does not exist: a part of its path is a file";
		case "EACCES":
		case "EPERM":
			return "may not be read by this user";
		default:
			return `cannot be read: ${message}`;
	}
}
