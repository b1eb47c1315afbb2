import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { ManualClock } from "../../../../src/clock/manual-clock.js";
import {
	type AttemptName,
	connectedBy,
	planAttempts,
} from "../../../../src/doctor/connection/attempts.js";
import type { JoinTokens } from "../../../../src/doctor/connection/join-tokens.js";
import type { Attempt, MediaJob } from "../../../../src/doctor/connection/media-jobs.js";
import { runAttempts } from "../../../../src/doctor/connection/run-attempts.js";
import type { HandedIceServer } from "../../../../src/doctor/context.js";
import { connected, failed, offered } from "./sights.js";

const turn = (urls: string[], from: HandedIceServer["from"] = "server"): HandedIceServer => {
	return { urls, username: "u", password: "p", from };
};
const planned = planAttempts([turn(["turn:t:3478?transport=udp", "turn:t:3478?transport=tcp"])]);

/** Attempts that end as `outcomes` say; what is not there lasts until it is called off. */
function scripted(outcomes: Partial<Record<AttemptName, Attempt>>, atOnce: number) {
	const begun: string[] = [];
	let running = 0;
	let mostRunning = 0;
	const nameOf = (job: MediaJob) => (job.kind === "attempt" ? job.joining.identity : "");
	const media = {
		run: async (job: MediaJob, signal: AbortSignal) => {
			const name = nameOf(job);
			begun.push(name);
			mostRunning = Math.max(mostRunning, ++running);
			// What is begun at once is under way before anything ends.
			await setImmediate();
			const outcome = outcomes[name as AttemptName];
			if (!outcome && !signal.aborted)
				await new Promise((resolve) => signal.addEventListener("abort", resolve));
			running--;
			return outcome ?? { stagesMs: {}, pairs: [], local: [], remote: [] };
		},
	};
	const tokens: JoinTokens = {
		atOnce,
		take: async (name) => ({ text: "a token", identity: name }),
		giveBack: () => {},
	};
	const { signal } = new AbortController();
	const options = { tokens, url: "ws://127.0.0.1:1", clock: new ManualClock(), signal };
	const done = runAttempts(planned, { ...options, media: media as never });
	return { done, begun, most: () => mostRunning };
}

const all = {
	...{ ordinary: connected(), direct: connected(), tcp: connected() },
	...{ "relay-udp": connected(), "relay-tcp": connected() },
};

test("all at once where there are tokens for all", async () => {
	const { done, most } = scripted(all, Number.POSITIVE_INFINITY);
	expect(Object.keys(await done).sort()).toEqual(Object.keys(all).sort());
	expect(most()).toBe(5);
});

test("with one token one after the other, and none that the ordinary join makes needless", async () => {
	const { done, begun, most } = scripted(all, 1);
	expect(Object.keys(await done)).not.toContain("direct");
	expect(begun).toEqual(["ordinary", "relay-udp", "tcp", "relay-tcp"]);
	expect(most()).toBe(1);
});

test("TCP is given up where the server offers none, and UDP likewise", async () => {
	const { tcp: _tcp, ...noTcp } = all;
	const udpOnly = { remote: offered("203.0.113.7", ["udp"]) };
	const first = scripted({ ...noTcp, ordinary: connected({}, udpOnly) }, 9);
	expect(await first.done).not.toHaveProperty("tcp");
	const { direct: _direct, ...noDirect } = all;
	const tcpOnly = { remote: offered("203.0.113.7", ["tcp"]) };
	const second = scripted({ ...noDirect, ordinary: connected({ protocol: "tcp" }, tcpOnly) }, 9);
	expect(await second.done).not.toHaveProperty("direct");
});

test("a relay is tried for each transport that was handed out, as browsers read the URI", () => {
	const names = (...servers: HandedIceServer[]) => planAttempts(servers).map(({ name }) => name);
	const always = ["ordinary", "direct", "tcp"];
	expect(names()).toEqual(always);
	expect(names(turn(["turn:t"]))).toEqual(["ordinary", "direct", "relay-udp", "tcp"]);
	expect(names(turn(["turns:t?transport=tcp", "turn:t?transport=tcp"]))).toEqual([
		...["ordinary", "direct", "relay-tcp", "tcp", "relay-tls"],
	]);
	expect(names(turn(["turn:turn:t", "stun:s:1"]))).toEqual(always);
});

test("the ordinary join is given what an application would set itself", () => {
	const iceServers = (from: HandedIceServer["from"]) =>
		planAttempts([turn(["turn:t"], from)])[0]?.iceServers.length;
	expect([iceServers("server"), iceServers("service"), iceServers("flag")]).toEqual([0, 1, 1]);
});

test("what the ordinary join found counts for its way", () => {
	const over = (pair: Parameters<typeof connected>[0]) =>
		connectedBy({ ordinary: connected(pair), direct: failed() });
	expect(over({})).toEqual({ direct: true });
	expect(over({ protocol: "tcp" })).toEqual({ direct: false, tcp: true });
	expect(over({ local: "relay", relayProtocol: "tls" })).toEqual({
		...{ direct: false, "relay-tls": true },
	});
});
