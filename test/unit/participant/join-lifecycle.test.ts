import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { icePolicies } from "../../../src/ice/policy.js";
import type { Failure } from "../../../src/participant/failure.js";
import { noCandidateCause } from "../../../src/participant/failure.js";
import {
	beginJoin,
	type JoinEvent,
	type JoinState,
	stepJoin,
} from "../../../src/participant/join-lifecycle.js";
import { type ConnectStage, connectStages } from "../../../src/sample/stage.js";

const deadlineMs = 1000;
const refused: Failure = { stage: "socket", cause: "refused", detail: "nobody there" };

const anOrder = fc.record({
	icePolicy: fc.constantFrom(...icePolicies),
	wantsToSend: fc.boolean(),
	wantsToReceive: fc.boolean(),
	deadlineMs: fc.constant(deadlineMs),
});

const anEvent: fc.Arbitrary<JoinEvent> = fc.oneof(
	{ weight: 1, arbitrary: fc.constant<JoinEvent>({ kind: "credentials" }) },
	{
		weight: 2,
		arbitrary: fc
			.nat({ max: 2 })
			.map((n): JoinEvent => ({ kind: "welcome", remoteAudioTracks: n })),
	},
	{ weight: 1, arbitrary: fc.constant<JoinEvent>({ kind: "nothing-to-hear" }) },
	{
		weight: 6,
		arbitrary: fc
			.record({ stage: fc.constantFrom(...connectStages), atMs: fc.nat({ max: 1200 }) })
			.map((at): JoinEvent => ({ kind: "stage", ...at })),
	},
	{ weight: 2, arbitrary: fc.constant<JoinEvent>({ kind: "connected" }) },
	{ weight: 1, arbitrary: fc.constant<JoinEvent>({ kind: "failed", failure: refused }) },
	{ weight: 1, arbitrary: fc.constant<JoinEvent>({ kind: "time" }) },
);

/** Any events, at times that do not go back. */
const aHistory = fc
	.array(fc.record({ event: anEvent, afterMs: fc.nat({ max: 150 }) }), { maxLength: 20 })
	.map((steps) => {
		let nowMs = 0;
		return steps.map(({ event, afterMs }) => {
			nowMs += afterMs;
			return { event, nowMs };
		});
	});

function statesOf(
	order: Parameters<typeof beginJoin>[0],
	history: { event: JoinEvent; nowMs: number }[],
) {
	const states: JoinState[] = [beginJoin(order)];
	for (const { event, nowMs } of history)
		states.push(stepJoin(states.at(-1) ?? beginJoin(order), event, nowMs));
	return states;
}

describe("laws for any sequence of events", () => {
	test("the outcome is decided at most once and never changes", () => {
		fc.assert(
			fc.property(anOrder, aHistory, (order, history) => {
				const outcomes = statesOf(order, history).map(({ outcome }) => outcome);
				const first = outcomes.findIndex((outcome) => outcome !== undefined);
				if (first < 0) return;
				for (const outcome of outcomes.slice(first)) expect(outcome).toBe(outcomes[first]);
			}),
			{ numRuns: 500 },
		);
	});

	test("joined ⇔ connected and all owed media reached, before the deadline and any failure", () => {
		let joined = 0;
		fc.assert(
			fc.property(anOrder, aHistory, (order, history) => {
				// Written anew from the definition: folds the events, without any state machine.
				let isJoined = false;
				for (let length = 1; length <= history.length && !isJoined; length++) {
					const past = history.slice(0, length);
					if (past.some(({ event, nowMs }) => event.kind === "failed" || nowMs >= deadlineMs))
						break;
					const events = past.map(({ event }) => event);
					const has = (stage: ConnectStage) =>
						events.some((e) => e.kind === "stage" && e.stage === stage);
					const welcome = events.findLast((e) => e.kind === "welcome");
					const afterWelcome = welcome ? events.slice(events.lastIndexOf(welcome)) : [];
					const owesMedia =
						order.wantsToReceive &&
						welcome?.kind === "welcome" &&
						welcome.remoteAudioTracks > 0 &&
						!afterWelcome.some(({ kind }) => kind === "nothing-to-hear");
					isJoined =
						events.some(({ kind }) => kind === "connected") &&
						(!order.wantsToSend || has("published")) &&
						(!owesMedia || has("media"));
				}
				expect(statesOf(order, history).at(-1)?.outcome?.kind === "joined").toBe(isJoined);
				if (isJoined) joined++;
			}),
			{ numRuns: 2000 },
		);
		// The law says something only if both sides happen.
		expect(joined).toBeGreaterThan(50);
	});

	test("at the deadline every join is decided", () => {
		fc.assert(
			fc.property(anOrder, aHistory, (order, history) => {
				const last = statesOf(order, history).at(-1) ?? beginJoin(order);
				const late = stepJoin(
					last,
					{ kind: "time" },
					Math.max(deadlineMs, history.at(-1)?.nowMs ?? 0),
				);
				expect(late.outcome).toBeDefined();
			}),
			{ numRuns: 500 },
		);
	});

	test("a stage counts once, at its first time, also after the outcome", () => {
		fc.assert(
			fc.property(anOrder, aHistory, (order, history) => {
				const reached = statesOf(order, history).at(-1)?.reached;
				const firsts = new Map<ConnectStage, number>();
				for (const { event } of history)
					if (event.kind === "stage" && !firsts.has(event.stage))
						firsts.set(event.stage, event.atMs);
				expect(reached).toEqual(firsts);
			}),
		);
	});
});

describe("a timeout names the first missing stage", () => {
	const order = {
		icePolicy: "relay-udp",
		wantsToSend: true,
		wantsToReceive: true,
		deadlineMs,
	} as const;
	const credentials: JoinEvent = { kind: "credentials" };
	const welcome: JoinEvent = { kind: "welcome", remoteAudioTracks: 1 };
	const connected: JoinEvent = { kind: "connected" };
	const at = (stage: ConnectStage): JoinEvent => ({ kind: "stage", stage, atMs: 1 });
	const timeoutAfter = (...events: JoinEvent[]) => {
		const history = [...events, { kind: "time" } as const].map((event, index) => ({
			event,
			nowMs: index === events.length ? deadlineMs : index,
		}));
		const outcome = statesOf(order, history).at(-1)?.outcome;
		return outcome?.kind === "failed"
			? `${outcome.failure.stage}: ${outcome.failure.cause}`
			: outcome;
	};

	// Each line reaches what the one before it was missing.
	const way: [string, JoinEvent[]][] = [
		["credentials: timeout", []],
		["socket: timeout", [credentials]],
		["joined: timeout", [at("socket")]],
		["ice: no-relay-candidate", [at("joined"), welcome]],
		["ice: no-nominated-pair", [at("gathered")]],
		["dtls: timeout", [at("ice")]],
		["published: no-rtp-sent", [at("dtls")]],
		["media: no-rtp-received", [at("published")]],
		["ice: timeout", [at("media")]],
	];
	test.each(way.map(([expected], index) => [index, expected] as const))(
		"%i %s",
		(index, expected) => {
			const events = way.slice(0, index + 1).flatMap(([, events]) => events);
			expect(timeoutAfter(...events)).toBe(expected);
		},
	);

	test("stages that an engine cannot see are proved by later ones", () => {
		expect(timeoutAfter(at("dtls"), welcome)).toBe("published: no-rtp-sent");
		expect(timeoutAfter(connected, welcome, at("published"))).toBe("media: no-rtp-received");
		expect(timeoutAfter(at("gathered"))).toBe("ice: no-nominated-pair");
	});

	test("a peer connection that got there is named: the other one is to blame", () => {
		const detailAfter = (...stages: ConnectStage[]) => {
			const history = stages.map((stage) => ({ event: at(stage), nowMs: 1 }));
			const last = { event: { kind: "time" } as const, nowMs: deadlineMs };
			const { outcome } = statesOf(order, [...history, last]).at(-1) ?? {};
			return outcome?.kind === "failed" ? outcome.failure : undefined;
		};
		expect(detailAfter("gathered", "ice.publisher", "dtls.publisher")).toMatchObject({
			...{ stage: "ice", cause: "no-nominated-pair" },
			detail: expect.stringMatching(/in time but on the publisher's peer connection$/),
		});
		expect(detailAfter("ice", "dtls.subscriber")).toMatchObject({
			...{ stage: "dtls", cause: "timeout" },
			detail: expect.stringMatching(/in time but on the subscriber's peer connection$/),
		});
		expect(detailAfter("gathered")?.detail).toMatch(/in time$/);
	});

	test("nothing is owed of media where nobody is to be heard", () => {
		expect(
			timeoutAfter(connected, { kind: "welcome", remoteAudioTracks: 0 }, at("published")),
		).toEqual({
			kind: "joined",
		});
	});

	test("nothing is owed any more of media whose publishers have all gone before it came", () => {
		const gone: JoinEvent = { kind: "nothing-to-hear" };
		const joined = { kind: "joined" };
		expect(timeoutAfter(connected, at("published"), welcome, gone)).toEqual(joined);
		expect(timeoutAfter(welcome, gone, at("published"), connected)).toEqual(joined);
		expect(timeoutAfter(gone, welcome, connected, at("published"))).toBe("media: no-rtp-received");
	});

	test("what comes at the deadline is too late, and the failure is still the timeout's", () => {
		const states = statesOf({ ...order, wantsToSend: false }, [
			{ event: at("socket"), nowMs: 1 },
			{ event: connected, nowMs: deadlineMs },
		]);
		expect(states.at(-1)?.outcome).toMatchObject({
			failure: { stage: "joined", cause: "timeout" },
		});
	});
});

test.each([
	["direct", "no-host-candidate"],
	["tcp", "no-tcp-candidate"],
	["relay-udp", "no-relay-candidate"],
	["relay-tcp", "no-relay-candidate"],
	["relay-tls", "no-relay-candidate"],
] as const)("without a candidate under %s the cause is %s", (policy, cause) => {
	expect(noCandidateCause(policy)).toBe(cause);
});
