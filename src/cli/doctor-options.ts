import type { Argv } from "yargs";
import { type ConnectionFlags, connectionOptions } from "./connection-options.js";

/** What yargs makes of the flags of `livesoak doctor`. */
export interface DoctorFlags extends ConnectionFlags, DiagnosisFlags {
	readonly token?: string | undefined;
	readonly livekitConfig?: string | undefined;
	readonly turnConfig?: string | undefined;
	readonly fix: boolean;
	readonly participants: number;
}

/** How the diagnosis is told. */
export interface DiagnosisFlags {
	readonly json: boolean;
	readonly markdown?: string | undefined;
}

/** `livesoak doctor token` would else take these too, and ignore them. */
const notForToken = [
	...["url", "token-url", "token-body", "token-field", "token-url-field", "token"],
	...["turn", "turn-secret", "turn-username", "turn-password", "turn-url", "turn-ca", "ca"],
	...["livekit-config", "turn-config", "fix", "participants"],
];

/** The flags of `livesoak doctor`: those of a run that name a server, and its own. */
export function doctorOptions<T>(yargs: Argv<T>) {
	// The types of yargs do not know the second argument.
	const local = yargs as unknown as { global(names: readonly string[], isGlobal: boolean): void };
	local.global(notForToken, false);
	return diagnosisOptions(connectionOptions(yargs))
		.option("url", {
			...{ type: "string", requiresArg: true, group: "Server:" },
			describe: "LiveKit server, ws:// or wss:// (LIVEKIT_URL)",
		})
		.option("token", {
			// By its number a lone "-" is a value, too.
			...{ type: "string", nargs: 1, group: "Server:" },
			describe: "A token as the application uses it; - reads it; better in LIVEKIT_TOKEN",
		})
		.option("turn", {
			...{ type: "string", array: true, nargs: 1, group: "TURN:" },
			describe: "turn:HOST:PORT?transport=udp|tcp or turns:HOST:PORT?transport=tcp",
		})
		.option("turn-ca", {
			...{ type: "string", requiresArg: true, group: "TURN:", alias: "ca" },
			describe: "PEM file of a private CA, for https:, wss: and turns:",
		})
		.option("livekit-config", {
			...{ type: "string", requiresArg: true, group: "Files:" },
			describe: "livekit.yaml of the server",
		})
		.option("turn-config", {
			...{ type: "string", requiresArg: true, group: "Files:" },
			describe: "turnserver.conf of coturn",
		})
		.option("fix", {
			...{ type: "boolean", default: false, group: "Files:" },
			describe: "Write corrected copies of these files beside them, never over them",
		})
		.option("participants", {
			...{ type: "number", default: 100, requiresArg: true, group: "Files:" },
			describe: "Planned at once: port ranges and quotas are judged by it",
		})
		.hide("token-url-field");
}

export function diagnosisOptions<T>(yargs: Argv<T>) {
	return yargs
		.option("json", {
			...{ type: "boolean", default: false, group: "Output:" },
			describe: "Print the diagnosis, alone, on standard output",
		})
		.option("markdown", {
			...{ type: "string", requiresArg: true, group: "Output:" },
			describe: "Write a report to paste into an issue into this file, secrets removed",
		});
}
