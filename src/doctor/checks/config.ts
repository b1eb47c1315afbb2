import type { Check } from "../check.js";
import { lintTurnConfig } from "../config/coturn/lint-turn.js";
import { gatherFacts } from "../config/gather-facts.js";
import type { LintFacts } from "../config/lint-facts.js";
import { type Lint, withoutEdits } from "../config/lint-finding.js";
import { lintLivekitConfig } from "../config/livekit/lint-livekit.js";
import { type ConfigText, readConfig } from "../config/read-config.js";
import { lintSameTurn } from "../config/same-turn.js";
import type { DoctorContext, DoctorTarget } from "../context.js";
import type { Finding } from "../finding.js";

/** The config files that were given. */
export interface GivenConfigs {
	readonly livekit?: ConfigText;
	readonly turn?: ConfigText;
}

/**
 * Reads the config files of the target and makes sure that they are what they are given as. For the command to end
 * at once where they are not, before any check runs.
 * @throws UserError (exit 2)
 */
export async function readConfigs({
	livekitConfig,
	turnConfig,
}: DoctorTarget): Promise<GivenConfigs> {
	const given: GivenConfigs = {
		...(livekitConfig === undefined
			? {}
			: { livekit: await readConfig(livekitConfig, "--livekit-config") }),
		...(turnConfig === undefined ? {} : { turn: await readConfig(turnConfig, "--turn-config") }),
	};
	const none = { participants: 1, nowMs: 0 };
	if (given.livekit)
		lintLivekitConfig(given.livekit.text, { ...none, fileName: given.livekit.fileName });
	if (given.turn) lintTurnConfig(given.turn.text, { ...none, fileName: given.turn.fileName });
	return given;
}

/** What the lint knows of each given file, for `--fix` to know the same. */
export async function configFacts(
	context: DoctorContext,
	{ livekit, turn }: GivenConfigs,
): Promise<{ readonly livekit?: LintFacts; readonly turn?: LintFacts }> {
	const { here, ...known } = await gatherFacts(context, livekit);
	const { serverAddresses = [], turnAddresses = [] } = known;
	const on = (fileName: string, addresses: readonly string[]): LintFacts => ({
		...known,
		fileName,
		...(here.isLocal(addresses) ? { machine: here } : {}),
	});
	return {
		...(livekit && { livekit: on(livekit.fileName, serverAddresses) }),
		...(turn && { turn: on(turn.fileName, turnAddresses) }),
	};
}

/** The configs of livekit-server and coturn, read against each other and against what was found before. */
export const config: Check = {
	id: "config",
	title: "Are livekit.yaml and turnserver.conf right?",
	// They tell what works all the same, so that nobody is nagged about it.
	after: ["signal", "ice-servers", "stun", "turn"],
	async run(context) {
		const given = await readConfigs(context.target);
		if (given.livekit === undefined && given.turn === undefined)
			return {
				lines: [],
				findings: [],
				skipped: "neither --livekit-config nor --turn-config is given",
			};
		const facts = await configFacts(context, given);
		const lines: string[] = [];
		const findings: Finding[] = [];
		const add = ({ fileName }: ConfigText, { machine }: LintFacts, lint: Lint<unknown>) => {
			const count = lint.findings.length;
			const elsewhere = machine
				? ""
				: "; of another machine, so its paths and addresses are not looked at";
			lines.push(
				`${fileName}: ${count === 0 ? "nothing wrong" : `${count} to mend`}${elsewhere}`,
				...lint.notes,
			);
			findings.push(...lint.findings.map(withoutEdits));
		};
		if (given.livekit && facts.livekit)
			add(given.livekit, facts.livekit, lintLivekitConfig(given.livekit.text, facts.livekit));
		if (given.turn && facts.turn)
			add(given.turn, facts.turn, lintTurnConfig(given.turn.text, facts.turn));
		if (given.livekit && given.turn)
			findings.push(...lintSameTurn(given.livekit, given.turn).map(withoutEdits));
		return { lines, findings };
	},
};
