import type { Argv, CommandModule } from "yargs";
import { capacityUnits } from "../capacity/vary.js";
import { type ConnectionFlags, connectionOptions } from "./connection-options.js";
import type { Environment } from "./environment.js";
import type { Choose } from "./job.js";
import { type ScenarioFlags, scenarioOptions } from "./scenario-options.js";

/** What yargs makes of the flags of `capacity`; numbers are still as they were typed. */
export interface CapacityFlags extends ScenarioFlags, ConnectionFlags {
	readonly vary: (typeof capacityUnits)[number];
	readonly start?: string | undefined;
	readonly hold?: string | undefined;
	readonly joinRate?: string | undefined;
	readonly resolution: string;
	readonly repeats: string;
	readonly maxParticipants: string;
	readonly maxSteps: string;
	readonly maxDuration: string;
	readonly serverMetrics?: string | undefined;
	readonly serverCores?: string | undefined;
	readonly extrapolateCores?: string | undefined;
	readonly out: string;
	readonly json: boolean;
	readonly quiet: boolean;
}

/** `livesoak capacity <scenario.yaml>`: how much a server holds within the scenario's thresholds. */
export function capacityCommand(
	environment: Environment,
	choose: Choose,
): CommandModule<object, CapacityFlags> {
	return {
		command: "capacity <scenario>",
		describe: "Find how much a server holds within the thresholds, and what breaks first",
		builder: (yargs) =>
			searchOptions(connectionOptions(scenarioOptions(yargs)))
				.hide("participants")
				.hide("duration") as unknown as Argv<CapacityFlags>,
		handler: (flags) =>
			choose(async () => (await import("./find-capacity.js")).findCapacity(environment, flags)),
	};
}

function searchOptions<T>(yargs: Argv<T>) {
	const text = { type: "string", requiresArg: true, group: "Search:" } as const;
	return yargs
		.option("vary", {
			...{ type: "string", choices: capacityUnits, default: "participants", group: "Search:" },
			describe: "What to have more and more of (publishers: in each room)",
		})
		.option("start", { ...text, describe: "First number to try (default: the scenario's own)" })
		.option("hold", {
			...text,
			describe: "How long each number is held (default: as the scenario)",
		})
		.option("join-rate", {
			...text,
			describe: "Joins a second, such as 20/s (default: as the scenario's ramp has it)",
		})
		.option("resolution", {
			...{ ...text, default: "10%" },
			describe: "How near what holds and what breaks must come; 0% looks at every number",
		})
		.option("repeats", {
			...{ ...text, default: "3" },
			describe: "The edge is decided by the majority of so many runs (odd)",
		})
		.option("max-participants", {
			...{ ...text, default: "1000" },
			describe: "Never more than so many in all rooms together",
		})
		.option("max-steps", {
			...{ ...text, default: "30" },
			describe: "Never more runs than so many",
		})
		.option("max-duration", {
			...{ ...text, default: "30m" },
			describe: "Begin no run beyond this",
		})
		.option("server-metrics", {
			...text,
			describe: "URL of livekit-server's own Prometheus metrics: for its CPU and memory",
		})
		.option("server-cores", {
			...text,
			describe: "Cores the server can use, where its metrics do not tell, or a CPU quota is set",
		})
		.option("extrapolate-cores", {
			...text,
			describe: "Also guess the number for a server with so many cores",
		})
		.option("out", {
			...{ type: "string", default: "results", requiresArg: true, group: "Output:" },
			describe: "Folder for the result folders",
		})
		.option("json", {
			...{ type: "boolean", default: false, group: "Output:" },
			describe: "Print the result, alone, on standard output",
		})
		.option("quiet", {
			...{ type: "boolean", default: false, group: "Output:" },
			describe: "Print the answer only",
		});
}
