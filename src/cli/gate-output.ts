import { join } from "node:path";
import { UserError } from "../error/user-error.js";
import type { Rounds } from "../gate/compare-figure.js";
import { gateLine } from "../gate/figure-text.js";
import { gateHtml } from "../gate/gate-html.js";
import { gateJunit } from "../gate/gate-junit.js";
import { gateMarkdown } from "../gate/gate-markdown.js";
import type { GateResult } from "../gate/gate-result.js";
import { gateText } from "../gate/gate-text.js";
import { writeAtomically } from "../sink/atomic-file.js";
import { colorFor } from "../sink/color.js";
import { makeFolders } from "../sink/make-folders.js";
import type { Environment } from "./environment.js";
import type { GateFlags } from "./gate-options.js";

/** @throws UserError when it cannot be made: told before the first round, not after the last */
export async function makeGateFolder(out: string, gateId: string): Promise<string> {
	if (out === "") throw new UserError({ message: "--out is empty.", hint: "Name a folder." });
	const folder = join(out, gateId);
	try {
		await makeFolders(folder);
		return folder;
	} catch (cause) {
		const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown";
		throw new UserError({
			message: `--out ${out}: cannot make the folder ${folder} (${code}).`,
			hint: "Name a folder that you may write to, for example --out ./results.",
			cause,
		});
	}
}

/** gate.json, gate.md, junit.xml and gate.html, and what the user sees at the end. */
export async function showGate(
	{ env, stdout, stderr, stderrIsTty }: Environment,
	{ json, quiet }: GateFlags,
	{ folder, result, rounds }: { folder: string; result: GateResult; rounds: Rounds },
): Promise<void> {
	const text = `${JSON.stringify(result, undefined, "\t")}\n`;
	await Promise.all([
		writeAtomically(join(folder, "gate.json"), text),
		writeAtomically(join(folder, "gate.md"), gateMarkdown(result)),
		writeAtomically(join(folder, "junit.xml"), gateJunit(result)),
		writeAtomically(join(folder, "gate.html"), gateHtml(result, rounds)),
	]);
	if (json) stdout.write(text);
	else if (quiet) stderr.write(`${gateLine(result)}\n`);
	else stderr.write(`${gateText(result, colorFor(env, stderrIsTty), folder)}\n`);
}
