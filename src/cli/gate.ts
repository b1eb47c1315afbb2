import type { Argv, CommandModule } from "yargs";
import type { ExitCode } from "../error/exit-codes.js";
import { type ConnectionFlags, connectionOptions } from "./connection-options.js";
import type { Environment } from "./environment.js";
import { type GateFlags, gateOptions } from "./gate-options.js";
import type { Choose } from "./job.js";
import { type ScenarioFlags, scenarioOptions } from "./scenario-options.js";

export interface AllGateFlags extends ScenarioFlags, ConnectionFlags, GateFlags {}

/** `livesoak gate <scenario.yaml>`: is the candidate worse than the baseline? */
export function gateCommand(
	environment: Environment,
	choose: Choose,
): CommandModule<object, AllGateFlags> {
	return {
		command: "gate <scenario>",
		describe: "Run two servers by turns and tell whether the new one is worse",
		builder: (yargs) =>
			gateOptions(
				connectionOptions(scenarioOptions(yargs)).hide("url"),
			) as unknown as Argv<AllGateFlags>,
		handler: (flags) =>
			choose(async (): Promise<ExitCode> => {
				// Statistics and tables are no business of the other commands' start.
				const { runGate } = await import("./run-gate.js");
				return runGate(environment, flags);
			}),
	};
}
