import { readFile, rm, stat, writeFile } from "node:fs/promises";
import * as z from "zod";
import { UserError } from "../error/user-error.js";
import { writeAtomically } from "../sink/atomic-file.js";
import type { Round } from "./round.js";

/** Of the shape below, and of how the figures in it are reckoned. */
const currentSchema = 1;

const roundSchema = z.object({
	pair: z.int().min(1),
	startedAt: z.string(),
	participants: z.int().min(0),
	serverVersion: z.string().optional(),
	values: z.record(z.string(), z.number()),
});

const baselineSchema = z.object({
	kind: z.literal("livesoak-baseline"),
	schema: z.literal(currentSchema),
	livesoakVersion: z.string(),
	scenario: z.string(),
	scenarioHash: z.string(),
	seed: z.number(),
	machine: z.string().describe("Fingerprint"),
	madeAt: z.string(),
	rounds: z.array(roundSchema).min(2),
});

/** Rounds that were run earlier, with all that says whether they may be compared with. */
export interface StoredRounds {
	readonly livesoakVersion: string;
	readonly scenario: string;
	readonly scenarioHash: string;
	readonly seed: number;
	/** Fingerprint. */
	readonly machine: string;
	readonly rounds: readonly Round[];
}

/** Small and readable, to be kept in a repository: one number a figure and round. @throws UserError */
export async function writeBaseline(path: string, stored: StoredRounds, madeAt: string) {
	const { rounds, ...facts } = stored;
	const content = { kind: "livesoak-baseline", schema: currentSchema, ...facts, madeAt, rounds };
	try {
		await writeAtomically(path, `${JSON.stringify(content, undefined, "\t")}\n`);
	} catch (cause) {
		throw unwritable(path, cause);
	}
}

/** Whether a baseline can be written there, found out before the first round. @throws UserError */
export async function checkBaselineTarget(path: string): Promise<void> {
	const probe = `${path}.tmp`;
	try {
		if ((await stat(path).catch(() => undefined))?.isDirectory())
			throw Object.assign(new Error("is a folder"), { code: "EISDIR" });
		await writeFile(probe, "");
		await rm(probe);
	} catch (cause) {
		throw unwritable(path, cause);
	}
}

function unwritable(path: string, cause: unknown): UserError {
	return new UserError({
		message: `--update-baseline ${path}: cannot be written (${codeOf(cause)}).`,
		hint: "Name a file in a folder that you may write to.",
		cause,
	});
}

/**
 * @param flag the one that named the file, for messages
 * @throws UserError when it cannot be read, is no baseline, or one of another schema
 */
export async function readBaseline(path: string, flag: string): Promise<StoredRounds> {
	let content: unknown;
	try {
		content = JSON.parse(await readFile(path, "utf8"));
	} catch (cause) {
		const why = cause instanceof SyntaxError ? "is not JSON" : `cannot be read (${codeOf(cause)})`;
		throw new UserError({ message: `${flag} ${path}: ${why}.`, hint: howToMake, cause });
	}
	const { kind, schema } = (content ?? {}) as { kind?: unknown; schema?: unknown };
	if (kind === "livesoak-baseline" && schema !== currentSchema) {
		throw new UserError({
			message: `${flag} ${path}: a baseline of schema ${String(schema)}; this livesoak reads schema ${currentSchema}.`,
			hint: howToMake,
		});
	}
	const parsed = baselineSchema.safeParse(content);
	if (parsed.success) return parsed.data;
	const [issue] = parsed.error.issues;
	const place = issue?.path.join(".") || "the file";
	throw new UserError({
		message: `${flag} ${path}: is no baseline of livesoak gate (${place}: ${issue?.message}).`,
		hint: howToMake,
	});
}

const howToMake =
	"Make one with: livesoak gate <scenario> --candidate <server> --update-baseline FILE.json";

function codeOf(error: unknown): string {
	return error instanceof Error && "code" in error ? String(error.code) : "unreadable";
}
