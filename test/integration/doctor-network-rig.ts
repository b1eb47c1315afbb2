import { onTestFinished } from "vitest";
import type { RunningServer } from "../../src/backend/start-livekit.js";
import { systemClock } from "../../src/clock/system-clock.js";
import type { CheckResult } from "../../src/doctor/check.js";
import { iceServers } from "../../src/doctor/checks/ice-servers.js";
import { dns, http, signal, tcp, tls } from "../../src/doctor/checks/network.js";
import type { DoctorContext, DoctorTarget } from "../../src/doctor/context.js";
import { rank } from "../../src/doctor/rank.js";
import { mintToken } from "../../src/token/access-token.js";
import * as services from "../rig/local-services.js";

export type { ProxyOptions } from "../rig/local-services.js";

export interface Walk {
	/** Of the findings, the likeliest cause first. */
	readonly ids: readonly string[];
	readonly results: Readonly<Record<string, CheckResult>>;
	readonly facts: DoctorContext["facts"];
	/** All that was said, as text. */
	readonly text: string;
}

/** The checks from the name to the ICE servers, one after the other, with this token in the place of its check. */
export async function walk(
	target: Partial<DoctorTarget>,
	token?: string,
	facts: DoctorContext["facts"] = {},
): Promise<Walk> {
	const context: DoctorContext = {
		target: { participants: 5, ...target },
		facts,
		clock: systemClock,
		signal: new AbortController().signal,
	};
	const results: Record<string, CheckResult> = {};
	for (const check of [dns, tcp, tls, http, signal, iceServers]) {
		if (check.id === "signal" && token !== undefined)
			context.facts.tokens = [{ text: token, identity: "doctor-a", room: "doctor" }];
		results[check.id] = await check.run(context);
	}
	const findings = rank(Object.values(results).flatMap((result) => result.findings));
	const text = JSON.stringify([findings, results]);
	return { ids: findings.map(({ id }) => id), results, facts: context.facts, text };
}

export function tokenFor({ apiKey, apiSecret }: RunningServer): Promise<string> {
	return mintToken({
		...{ apiKey, apiSecret, identity: "doctor-a", room: "doctor", ttlMs: 60_000 },
		...{ canPublish: true, canSubscribe: true },
	});
}

type Without<F> = F extends (first: services.OnEnd, ...rest: infer Rest) => infer End
	? (...rest: Rest) => End
	: never;

/** Services that end with the test. */
export const startTcp: Without<typeof services.startTcp> = (...order) =>
	services.startTcp(onTestFinished, ...order);
export const startHttp: Without<typeof services.startHttp> = (...order) =>
	services.startHttp(onTestFinished, ...order);
export const startProxy: Without<typeof services.startProxy> = (...order) =>
	services.startProxy(onTestFinished, ...order);
