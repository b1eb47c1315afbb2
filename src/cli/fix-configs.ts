import { existsSync } from "node:fs";
import { configFacts, readConfigs } from "../doctor/checks/config.js";
import {
	type FixedConfig,
	fixedLivekitConfig,
	fixedPath,
	fixedTurnConfig,
	writeFixed,
} from "../doctor/config/fix.js";
import type { ConfigText } from "../doctor/config/read-config.js";
import type { DoctorContext, DoctorTarget } from "../doctor/context.js";
import { UserError } from "../error/user-error.js";

/**
 * Reads the config files before anything is examined, and hands back what writes the corrected copies after it: what
 * the examination found out tells some of the right values.
 * @param isWanted `--fix`
 * @returns tells a line for each file; undefined where nothing is to be written
 * @throws UserError when a file is no config, or its copy is there already
 */
export async function prepareFix(
	target: DoctorTarget,
	isWanted: boolean,
): Promise<((context: DoctorContext) => Promise<string[]>) | undefined> {
	const given = await readConfigs(target);
	if (!isWanted) return undefined;
	const { livekit, turn } = given;
	for (const { fileName } of [livekit, turn].filter((each) => each !== undefined)) {
		const copy = fixedPath(fileName);
		if (existsSync(copy))
			throw new UserError({
				message: `--fix: ${copy} exists already, and nothing is written over.`,
				hint: "Move it away, or use it: it may be the result of an earlier --fix.",
			});
	}
	return async (context) => {
		const facts = await configFacts(context, given);
		return [
			...(livekit && facts.livekit
				? [await write(livekit, fixedLivekitConfig(livekit.text, facts.livekit))]
				: []),
			...(turn && facts.turn ? [await write(turn, fixedTurnConfig(turn.text, facts.turn))] : []),
		];
	};
}

async function write({ fileName }: ConfigText, result: FixedConfig): Promise<string> {
	const { text, fixed, left } = result;
	const rest = left.length === 0 ? "" : `; ${left.length} left for you to decide`;
	if (fixed.length === 0) return `${fileName}: nothing that --fix can mend${rest}`;
	return `${await writeFixed(fileName, text)}: ${fixed.length} mended${rest}`;
}
