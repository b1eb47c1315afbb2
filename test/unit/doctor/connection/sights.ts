import type { ConnectionSight } from "../../../../src/doctor/connection/judge-connection.js";
import type { Attempt } from "../../../../src/doctor/connection/media-jobs.js";
import type { CandidatePair } from "../../../../src/ice/candidate-pair.js";
import type { Failure } from "../../../../src/participant/failure.js";

const gathered = { socket: 10, joined: 12, gathered: 20 };

/** Where a server at 203.0.113.7 says that it is. */
export const offered = (address: string, transports: readonly ("udp" | "tcp")[] = ["udp", "tcp"]) =>
	transports.map((transport) => {
		const port = transport === "udp" ? 50_012 : 7_881;
		return { type: "host" as const, transport, address, port, atMs: 15 };
	});

export const server = "203.0.113.7";

export function connected(pair: Partial<CandidatePair> = {}, rest: Partial<Attempt> = {}): Attempt {
	const whole = { peer: "both", local: "host", remote: "host", protocol: "udp", ...pair } as const;
	return {
		...{ connectMs: 60, stagesMs: { ...gathered, dtls: 60 }, pairs: [whole] },
		...{ local: [], remote: offered(server) },
		...rest,
	};
}

export function failed(failure: Partial<Failure> = {}, rest: Partial<Attempt> = {}): Attempt {
	const whole = { stage: "ice", cause: "no-nominated-pair", detail: "no pair connected" } as const;
	return {
		...{ stagesMs: gathered, pairs: [], failure: { ...whole, ...failure } },
		...{ local: [], remote: offered(server) },
		...rest,
	};
}

export function sight(
	attempts: ConnectionSight["attempts"],
	rest: Partial<ConnectionSight> = {},
): ConnectionSight {
	return { attempts, host: "lk.example.org", signalAddresses: [server], ...rest };
}
