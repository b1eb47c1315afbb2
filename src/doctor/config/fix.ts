import { writeFile } from "node:fs/promises";
import { format, parse } from "node:path";
import { UserError } from "../../error/user-error.js";
import { editedLines } from "./coturn/line-edit.js";
import { lintTurnConfig } from "./coturn/lint-turn.js";
import type { LintFacts } from "./lint-facts.js";
import type { LintFinding } from "./lint-finding.js";
import { lintLivekitConfig } from "./livekit/lint-livekit.js";
import { editedYaml } from "./livekit/yaml-edit.js";

/** A repair may bring another fault to light; none needs more rounds than a file has lines that matter. */
const mostRounds = 10;

export interface FixedConfig {
	/** The very text that was given where there was nothing to fix. */
	readonly text: string;
	/** What was fixed, as it was found. */
	readonly fixed: readonly LintFinding<unknown>[];
	/** What a person has to decide. */
	readonly left: readonly LintFinding<unknown>[];
}

/**
 * A livekit.yaml with all that `--fix` can mend mended. Comments and the order of keys stay. Pure; to fix a fixed
 * file changes nothing.
 * @throws UserError (exit 2) as lintLivekitConfig
 */
export function fixedLivekitConfig(text: string, facts: LintFacts): FixedConfig {
	return fixed(text, (one) => lintLivekitConfig(one, facts).findings, editedYaml);
}

/**
 * As `fixedLivekitConfig`, for a turnserver.conf. Options that go are kept as comments.
 * @throws UserError (exit 2) as lintTurnConfig
 */
export function fixedTurnConfig(text: string, facts: LintFacts): FixedConfig {
	return fixed(text, (one) => lintTurnConfig(one, facts).findings, editedLines);
}

/** `livekit.yaml` → `livekit.fixed.yaml`, in the same folder. */
export function fixedPath(path: string): string {
	const { dir, name, ext } = parse(path);
	return format({ dir, name: `${name}.fixed`, ext });
}

/**
 * Writes the fixed text next to the file that it was made from, closed to others since it holds secrets.
 * @param path of the original
 * @returns where it was written
 * @throws UserError (exit 2) if there is something already, or the folder cannot be written
 */
export async function writeFixed(path: string, text: string): Promise<string> {
	const target = fixedPath(path);
	try {
		await writeFile(target, text, { flag: "wx", mode: 0o600 });
	} catch (error) {
		const { code, message } = error as NodeJS.ErrnoException;
		if (code === "EEXIST")
			throw new UserError({
				message: `${target} exists already, and --fix writes over nothing.`,
				hint: "Move it away, or use it: it may be the result of an earlier --fix.",
				cause: error,
			});
		throw new UserError({
			message: `${target} cannot be written: ${message}.`,
			hint: "--fix writes next to the config file: copy that to a folder of yours first.",
			cause: error,
		});
	}
	return target;
}

function fixed<Edit>(
	original: string,
	lint: (text: string) => readonly LintFinding<Edit>[],
	edited: (text: string, edits: readonly Edit[]) => string,
): FixedConfig {
	let text = original;
	let findings = lint(text);
	const mended: LintFinding<Edit>[] = [];
	for (let round = 0; round < mostRounds; round++) {
		const fixable = findings.filter(({ edits }) => edits.length > 0);
		if (fixable.length === 0) break;
		mended.push(...fixable);
		text = edited(
			text,
			fixable.flatMap(({ edits }) => edits),
		);
		findings = lint(text);
	}
	return { text, fixed: mended, left: findings };
}
