import type { Argv, CommandModule } from "yargs";
import {
	type DiagnosisFlags,
	type DoctorFlags,
	diagnosisOptions,
	doctorOptions,
} from "./doctor-options.js";
import type { Environment } from "./environment.js";
import type { Choose } from "./job.js";

/** What yargs makes of the flags of `livesoak doctor token`. */
export interface TokenFlags extends DiagnosisFlags {
	readonly jwt?: string | undefined;
	readonly apiKey?: string | undefined;
	readonly apiSecret?: string | undefined;
}

/** `livesoak doctor`: names the cause of "no audio", from name resolution to heard audio. */
export function doctorCommand(
	environment: Environment,
	choose: Choose,
): CommandModule<object, DoctorFlags> {
	return {
		command: "doctor",
		describe: "Find out why there is no audio",
		builder: (yargs) =>
			doctorOptions(yargs.command(tokenCommand(environment, choose))) as Argv<DoctorFlags>,
		handler: (flags) =>
			choose(async () => (await import("./diagnose.js")).runDoctor(environment, flags)),
	};
}

function tokenCommand(environment: Environment, choose: Choose): CommandModule<object, TokenFlags> {
	return {
		command: "token [jwt]",
		describe: "Look at an access token alone, without a server",
		builder: (yargs) => tokenOptions(yargs) as Argv<TokenFlags>,
		handler: (flags) =>
			choose(async () => (await import("./diagnose.js")).runToken(environment, flags)),
	};
}

function tokenOptions(yargs: Argv<object>) {
	return diagnosisOptions(yargs)
		.positional("jwt", {
			type: "string",
			describe: "The token; - reads it from standard input; better in LIVEKIT_TOKEN",
		})
		.option("api-key", {
			...{ type: "string", requiresArg: true },
			describe: "API key that the token should be of (LIVEKIT_API_KEY)",
		})
		.option("api-secret", {
			...{ type: "string", requiresArg: true },
			describe: "Its secret, to verify the signature; better in LIVEKIT_API_SECRET",
		});
}
