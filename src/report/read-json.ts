import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type * as z from "zod";
import { UserError } from "../error/user-error.js";
import { unreadable } from "./unreadable.js";

/** The version of run.json and summary.json that this livesoak writes and reads. */
const schemaVersion = 1;

/** A file's content, or one sentence on why there is none. */
export type ReadJson<T> =
	| { readonly value: T; readonly missing?: undefined }
	| { readonly value?: undefined; readonly missing: string };

/**
 * Reads run.json or summary.json. Missing, cut off and damaged are told, not thrown.
 * @param consequence what a report lacks without it
 * @throws UserError when the file is of another version: its figures may mean something else
 */
export async function readJson<T>(
	folder: string,
	file: "run.json" | "summary.json",
	schema: z.ZodType<T>,
	consequence: string,
): Promise<ReadJson<T>> {
	const path = join(folder, file);
	let text: string;
	try {
		text = await readFile(path, "utf8");
	} catch (error) {
		return { missing: unreadable(file, error, consequence) };
	}
	const content = parsed(text);
	refuseOtherVersion(path, content);
	const read = schema.safeParse(content);
	if (read.success) return { value: read.data };
	const what = content === undefined ? "is cut off or damaged" : `is damaged${where(read.error)}`;
	return { missing: `${file} ${what}: ${consequence}.` };
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

function refuseOtherVersion(path: string, content: unknown): void {
	if (typeof content !== "object" || content === null || !("schema" in content)) return;
	const { schema } = content;
	if (typeof schema !== "number" || schema === schemaVersion) return;
	const by = "livesoakVersion" in content ? ` (livesoak ${String(content.livesoakVersion)})` : "";
	throw new UserError({
		message: `${path} has schema ${schema}, and this livesoak reads schema ${schemaVersion}.`,
		hint: `Report it with the livesoak that wrote it${by}.`,
	});
}

function where(error: z.ZodError): string {
	const path = error.issues[0]?.path.join(".");
	return path ? ` (at ${path})` : "";
}
