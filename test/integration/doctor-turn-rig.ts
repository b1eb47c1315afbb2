import { expect } from "vitest";
import { systemClock } from "../../src/clock/system-clock.js";
import type { Check, CheckResult } from "../../src/doctor/check.js";
import type {
	DoctorFacts,
	DoctorTarget,
	HandedIceServer,
	RelayFact,
} from "../../src/doctor/context.js";
import type { TurnCredentials } from "../../src/ice/turn-credentials.js";
import { restCredentials } from "../../src/ice/turn-credentials.js";
import type { CoturnWith } from "../rig/coturn-with.js";

export type Handed = "udp" | "tcp" | "tls" | "stun";

/** Credentials that a coturn with `use-auth-secret` takes for a minute. */
export function goodFor(turn: CoturnWith, ttlMs = 60_000): TurnCredentials {
	return restCredentials({ secret: turn.secret, name: "doctor", ttlMs, nowMs: Date.now() });
}

/** A coturn as it would be handed out. */
export function handed(
	turn: Pick<CoturnWith, "host" | "port" | "tlsPort">,
	what: readonly Handed[],
	credentials: TurnCredentials,
): HandedIceServer {
	const { host, port, tlsPort } = turn;
	const urls = {
		udp: `turn:${host}:${port}?transport=udp`,
		tcp: `turn:${host}:${port}?transport=tcp`,
		tls: `turns:${host}:${tlsPort}?transport=tcp`,
		stun: `stun:${host}:${port}`,
	};
	return { urls: what.map((one) => urls[one]), ...credentials, from: "flag" };
}

export interface Examined extends CheckResult {
	readonly ids: readonly string[];
	readonly relays: readonly RelayFact[] | undefined;
}

/** Runs one check on these servers; no secret of theirs may be in what it says. */
export async function examine(
	check: Check,
	iceServers: readonly HandedIceServer[],
	target: Partial<DoctorTarget> = {},
	secrets: readonly string[] = [],
): Promise<Examined> {
	const facts: DoctorFacts = { iceServers };
	const result = await check.run({
		...{ facts, clock: systemClock, signal: new AbortController().signal },
		target: { participants: 10, ...target },
	});
	const said = JSON.stringify(result);
	for (const secret of [...secrets, ...iceServers.map(({ password }) => password)])
		if (secret !== "") expect(said).not.toContain(secret);
	return { ...result, ids: result.findings.map(({ id }) => id), relays: facts.relays };
}
