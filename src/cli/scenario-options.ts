import { readFile } from "node:fs/promises";
import type { Argv } from "yargs";
import { engineNames } from "../engine/engine-name.js";
import { UserError } from "../error/user-error.js";
import { icePolicies } from "../ice/policy.js";
import { loadScenario } from "../scenario/load-scenario.js";
import { type Override, parseSet } from "../scenario/override.js";
import type { Scenario } from "../scenario/scenario.js";
import { checkThreshold } from "../verdict/threshold.js";

/** What yargs makes of the flags below. */
export interface ScenarioFlags {
	readonly scenario: string;
	readonly engine?: string | undefined;
	readonly ice?: string | undefined;
	readonly duration?: string | undefined;
	readonly participants?: string | undefined;
	readonly seed?: string | undefined;
	readonly set?: readonly string[] | undefined;
}

/**
 * The scenario file, and the flags that change it.
 * @param demandOption false where the command can do without a file
 */
export function scenarioOptions(yargs: Argv<object>, demandOption = true) {
	return yargs
		.positional("scenario", {
			type: "string",
			demandOption,
			describe: "Scenario file (YAML)",
		})
		.option("engine", {
			...{ type: "string", choices: engineNames, group: "Scenario:" },
			describe: "Engine of all participants",
		})
		.option("ice", {
			...{ type: "string", choices: icePolicies, group: "Scenario:" },
			describe: "ICE policy of all participants",
		})
		.option("duration", {
			...{ type: "string", requiresArg: true, group: "Scenario:" },
			describe: "Scale the load shape to this length, such as 30s",
		})
		.option("participants", {
			...{ type: "string", requiresArg: true, group: "Scenario:" },
			describe: "So many participants in all",
		})
		.option("seed", {
			...{ type: "string", requiresArg: true, group: "Scenario:" },
			describe: "Seed of the plan",
		})
		.option("set", {
			...{ type: "string", array: true, nargs: 1, group: "Scenario:" },
			describe: "Change one value: path=value, such as load.0.ramp=5s; repeatable",
		});
}

/** @throws UserError with every problem of the file and the flags at once */
export async function readScenario(flags: ScenarioFlags): Promise<Scenario> {
	return scenarioOf(flags, await readScenarioFile(flags.scenario));
}

/** The text of a scenario file. @throws UserError when it cannot be read */
export async function readScenarioFile(fileName: string): Promise<string> {
	try {
		return await readFile(fileName, "utf8");
	} catch (cause) {
		const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
		const reason = code === "ENOENT" ? "there is no such file" : `it cannot be read (${code})`;
		throw new UserError({
			message: `Scenario ${fileName}: ${reason}.`,
			hint: "Give the path of a scenario, for example scenarios/smoke.yaml.",
			cause,
		});
	}
}

/**
 * The scenario of a text, changed by the flags and then by `more`.
 * @throws UserError with every problem of both at once
 */
export function scenarioOf(
	flags: ScenarioFlags,
	text: string,
	more: readonly Override[] = [],
): Scenario {
	const overrides = [...overridesOf(flags), ...more];
	return loadScenario({ text, fileName: flags.scenario, overrides, checkThreshold });
}

function overridesOf(flags: ScenarioFlags): Override[] {
	const { set = [], engine, ice, seed, duration, participants } = flags;
	const values = { engine, ice, seed: seed === undefined ? undefined : numberIn(seed) };
	return [
		...set.map(parseSet),
		...Object.entries(values).flatMap(([path, value]): Override[] =>
			value === undefined ? [] : [{ flag: `--${path}`, path, value }],
		),
		...(duration === undefined ? [] : [{ flag: "--duration", duration }]),
		...(participants === undefined ? [] : [participantsOverride(participants)]),
	];
}

function participantsOverride(text: string): Override {
	const participants = numberIn(text);
	if (typeof participants === "number") return { flag: "--participants", participants };
	throw new UserError({ message: `--participants ${text}: expected a whole number.` });
}

/** The number in a text, or the text itself, so that the error can show what was typed. */
function numberIn(text: string): number | string {
	return text.trim() === "" || Number.isNaN(Number(text)) ? text : Number(text);
}
