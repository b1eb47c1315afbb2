import { didYouMean } from "../error/nearest.js";
import { UserError } from "../error/user-error.js";

/** yargs tells of most mistakes by a message alone, of a flag without its value by an error of its own. */
export function isUsageError(error: Error | undefined): boolean {
	return error === undefined || error.name === "YError";
}

/** What a command cannot do without, and how it is typed. Of those not here it is a scenario. */
const needed: Readonly<Record<string, { readonly what: string; readonly example: string }>> = {
	report: {
		what: "result folder",
		example: "livesoak report results/20261122T140845Z-smoke-59015b",
	},
	compare: { what: "result folder", example: "livesoak compare results/AFTER results/BEFORE" },
	gate: {
		what: "scenario file",
		example:
			"livesoak gate scenarios/upgrade-gate.yaml --baseline ./livekit-server-old --candidate ./livekit-server-new",
	},
	capacity: { what: "scenario file", example: "livesoak capacity scenarios/capacity.yaml" },
};

const scenarioFile = { what: "scenario file", example: "livesoak run scenarios/smoke.yaml" };

/** To yargs whatever a command has no place for is a command that it does not know. */
const tooMuch = /^Unknown commands?: (.+)$/;

/** yargs names flags as its own variables are called. Its words for one and for many cannot be replaced by a text. */
function plainer(message: string): string {
	const [, what, names = ""] = /^(Unknown|Missing required) arguments?: (.+)$/.exec(message) ?? [];
	if (what === undefined) return message;
	const flags = names.split(", ").map((name) => `--${name}`);
	const shown = `${flags.length > 1 ? "flags" : "flag"}: ${flags.join(", ")}`;
	return what === "Unknown" ? `Unknown ${shown}` : `Missing ${shown}`;
}

export const commands = [
	"run",
	"gate",
	"doctor",
	"server",
	"capacity",
	"agent",
	"report",
	"compare",
];

/** Of what yargs says of a command line. */
export function usageError(message: string, [command = ""]: readonly string[]): UserError {
	const isKnown = commands.includes(command);
	const shows = isKnown
		? `livesoak ${command} --help shows what it takes.`
		: "livesoak --help shows what there is.";
	const extra = tooMuch.exec(message)?.[1];
	if (extra !== undefined && isKnown)
		return new UserError({
			message: `livesoak ${command} has no place for "${extra}".`,
			hint: shows,
		});
	if (extra !== undefined)
		return new UserError({
			message: `Unknown command: ${command}${didYouMean(command, commands)}`,
			hint: shows,
		});
	if (!message.startsWith("Not enough non-option arguments"))
		return new UserError({ message: plainer(message), hint: shows });
	const { what, example } = needed[command] ?? scenarioFile;
	return new UserError({ message: `The ${what} is missing.`, hint: `For example: ${example}` });
}
