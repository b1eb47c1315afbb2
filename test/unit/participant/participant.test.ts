import { describe, expect, test } from "vitest";
import { connectMs, livedLife, startAtMs } from "./lived-life.js";
import { relayPair, scriptedFailure, scriptedLoss } from "./scripted-engine.js";

const ref = { seat: 7, life: 2 };
const failureOf = async (setting: Parameters<typeof livedLife>[0]) => {
	const life = await livedLife(setting);
	const [failed, ...more] = life.of("failed");
	expect(more).toEqual([]);
	expect(life.kinds.filter((kind) => /joined|lost|left/.test(kind))).toEqual([]);
	expect(life.engine.leaves).toBe(life.engine.letIn);
	return { ...life, failure: failed && `${failed.stage}: ${failed.cause}` };
};

test("a life as planned: begun, its stages, joined, a window each second, left", async () => {
	const life = await livedLife({ startMs: 1000, endMs: 5000 });
	expect(life.kinds.filter((kind) => kind !== "stage")).toEqual([
		...["begun", "pair", "joined", "media", "media", "media", "media", "left"],
	]);
	expect(life.engine.leaves).toBe(1);
	expect(life.end).toEqual({ atMs: startAtMs + 5000, waiting: 0 });
	expect(life.events).toContainEqual({
		...{ kind: "life-joined", atMs: startAtMs + 1080, connectMs: 80, ...ref },
	});
});

test("media windows: each second from the join, the last one shorter, none lost", async () => {
	const { samples, of } = await livedLife({ endMs: 3500 });
	const times = samples.filter(({ sample }) => sample.kind === "media").map(({ atMs }) => atMs);
	expect(times).toEqual([1080, 2080, 3080, 3500].map((ms) => startAtMs + ms));
	expect(of("media").map(({ window }) => [window.durationMs, window.packetsSent])).toEqual([
		[1000, 50],
		[1000, 50],
		[1000, 50],
		[420, 50],
	]);
});

test("stages are timed from the scheduled start, waiting for a turn included", async () => {
	const { of, events } = await livedLife({ startMs: 200, queueMs: 300, script: {} });
	expect(of("begun")).toMatchObject([{ lateMs: 300 }]);
	expect(of("stage").map(({ stage, sinceScheduledMs }) => [stage, sinceScheduledMs])).toEqual([
		["socket", 305],
		["joined", 310],
		["gathered", 315],
		["dtls", 340],
		["published", 360],
		["media", 380],
	]);
	expect(events).toContainEqual(expect.objectContaining({ kind: "life-joined", connectMs: 380 }));
});

test("each peer connection has its own times beside those of the participant", async () => {
	const { of } = await livedLife({
		script: {
			stagesAfterMs: {
				...{ "ice.publisher": 20, "ice.subscriber": 30, ice: 30 },
				...{ "dtls.publisher": 32, "dtls.subscriber": 40, dtls: 40 },
			},
		},
	});
	const times = of("stage").map(({ stage, sinceScheduledMs }) => [stage, sinceScheduledMs]);
	expect(Object.fromEntries(times)).toEqual({
		...{ "ice.publisher": 20, "ice.subscriber": 30, ice: 30 },
		...{ "dtls.publisher": 32, "dtls.subscriber": 40, dtls: 40 },
	});
});

test("who was alone on coming has no media stage; who came to somebody has", async () => {
	const stagesOf = async (remoteAudioTracks: number) =>
		(await livedLife({ script: { remoteAudioTracks } })).of("stage").map(({ stage }) => stage);
	expect(await stagesOf(0)).not.toContain("media");
	expect(await stagesOf(1)).toContain("media");
});

test("`heard` still counts after the join", async () => {
	const { of } = await livedLife({ script: { stagesAfterMs: { ...all, heard: 700 } } });
	expect(of("stage").at(-1)).toMatchObject({ stage: "heard", sinceScheduledMs: 700 });
});
const all = { socket: 5, joined: 10, gathered: 15, dtls: 40, published: 60, media: 80 };

describe("a join fails once, with its stage and cause", () => {
	test("as the engine says", async () => {
		const join = { kind: "rejects", afterMs: 30 } as const;
		const { failure, events, end } = await failureOf({ script: { join } });
		expect(failure).toBe("ice: turn-unreachable");
		expect(end?.atMs).toBe(startAtMs + 30);
		expect(events).toContainEqual({
			...{ kind: "life-failed", atMs: startAtMs + 30, engine: "native", ...ref },
			...scriptedFailure,
		});
	});

	test("the engine hangs, and does not even listen: the deadline holds", async () => {
		for (const ignoresSignal of [false, true]) {
			const script = { ignoresSignal, join: { kind: "hangs" }, stagesAfterMs: {} } as const;
			const { failure, end } = await failureOf({ script });
			expect(failure).toBe("socket: timeout");
			expect(end).toEqual({ atMs: startAtMs + connectMs, waiting: 0 });
		}
	});

	test("the engine lets in after the deadline: out again", async () => {
		const script = { ignoresSignal: true, join: { kind: "resolves", afterMs: 900 } } as const;
		const { engine, failure } = await failureOf({ script });
		expect(failure).toBeDefined();
		expect([engine.letIn, engine.leaves]).toEqual([1, 1]);
	});

	test("connected, but nothing is sent or received", async () => {
		const { published: _, ...unpublished } = all;
		const { media: __, ...unheard } = all;
		expect((await failureOf({ script: { stagesAfterMs: unpublished } })).failure).toBe(
			"published: no-rtp-sent",
		);
		expect((await failureOf({ script: { stagesAfterMs: unheard } })).failure).toBe(
			"media: no-rtp-received",
		);
	});

	test("the selected pair breaks the policy, is not there, or cannot be read in time", async () => {
		expect((await failureOf({ script: { pairs: [relayPair] } })).failure).toBe(
			"ice: policy-violation",
		);
		expect((await failureOf({ ice: "relay-tcp", script: { pairs: [relayPair] } })).failure).toBe(
			"ice: policy-violation",
		);
		expect((await failureOf({ script: { pairs: [] } })).failure).toBe("ice: policy-violation");
		const { failure, end } = await failureOf({ script: { pairs: "hang" } });
		expect(failure).toBe("ice: timeout");
		expect(end?.atMs).toBe(startAtMs + connectMs);
	});

	test("the token service hangs, or breaks with a token in its words", async () => {
		const hung = await failureOf({ token: () => new Promise(() => {}) });
		expect(hung.failure).toBe("credentials: timeout");
		const jwt = `eyJhbGciOiJIUzI1NiJ9.${"eyJzdWIiOiJ4In0xxxx"}.c2ln`;
		const broken = await failureOf({ token: () => Promise.reject(new Error(`bad ${jwt}`)) });
		expect(broken.failure).toBe("joined: internal");
		expect(JSON.stringify(broken.events)).not.toContain(jwt);
		expect(hung.engine.orders).toEqual([]);
	});

	test("the connection ends while the first packet is awaited", async () => {
		const { media: _, ...stagesAfterMs } = all;
		const { failure } = await failureOf({ script: { stagesAfterMs, disconnectsAfterMs: 100 } });
		expect(failure).toBe("media: server-shutdown");
	});
});

test("a joined participant that loses its connection is lost at once, with the cause", async () => {
	const life = await livedLife({ script: { disconnectsAfterMs: 1500 } });
	expect(life.of("lost")).toMatchObject([{ cause: "server-shutdown" }]);
	expect(life.of("left")).toEqual([]);
	// The second that was whole, and the last words of the one that was not.
	expect(life.of("media")).toHaveLength(2);
	expect(life.end?.atMs).toBe(startAtMs + 1500);
	expect(life.engine.leaves).toBe(1);
	expect(life.events).toContainEqual({
		...{ kind: "life-lost", atMs: startAtMs + 1500, ...ref },
		...scriptedLoss,
	});
});

describe("reconnects", () => {
	test("come back: counted with their duration, nobody is lost", async () => {
		const life = await livedLife({ script: { reconnects: [{ atMs: 1000, forMs: 250 }] } });
		expect(life.of("reconnect")).toMatchObject([{ cause: "resume", durationMs: 250 }]);
		expect(life.kinds.at(-1)).toBe("left");
	});

	test("do not come back before the loss, or before the planned end", async () => {
		const reconnects = [{ atMs: 1000 }];
		const lost = await livedLife({ script: { reconnects, disconnectsAfterMs: 2000 } });
		const left = await livedLife({ script: { reconnects } });
		for (const life of [lost, left]) {
			expect(life.of("reconnect")).toHaveLength(1);
			expect(life.of("reconnect")[0]).not.toHaveProperty("durationMs");
		}
		expect([lost.kinds.at(-1), left.kinds.at(-1)]).toEqual(["lost", "left"]);
	});
});

describe("interrupted", () => {
	test("while joining: neither joined nor failed, and whoever was let in leaves", async () => {
		for (const interruptMs of [3, 30, 70]) {
			const life = await livedLife({ interruptMs });
			expect(life.kinds.filter((kind) => kind !== "stage")).toEqual(["begun"]);
			expect(life.end).toEqual({ atMs: startAtMs + interruptMs, waiting: 0 });
			expect(life.engine.leaves).toBe(life.engine.letIn);
		}
	});

	test("in its stay: leaves at once, with a last window", async () => {
		const life = await livedLife({ interruptMs: 2500 });
		expect(life.kinds.slice(-2)).toEqual(["media", "left"]);
		expect(life.end?.atMs).toBe(startAtMs + 2500);
	});

	test("before its turn to join: it never began", async () => {
		const life = await livedLife({ queueMs: 100, interruptMs: 50 });
		expect([life.kinds, life.engine.orders]).toEqual([[], []]);
	});
});

test("stats that cannot be read, and a leave that fails, cost the life nothing", async () => {
	for (const totals of ["unreadable", "rejects"] as const) {
		const life = await livedLife({ script: { totals, leave: "rejects" } });
		expect(life.of("media")).toEqual([]);
		expect(life.kinds.at(-1)).toBe("left");
	}
});

test("the order says what the seat wants", async () => {
	const orderOf = async (setting: Parameters<typeof livedLife>[0]) =>
		(await livedLife(setting)).engine.orders[0];
	expect(await orderOf({ subscribe: 2 })).toMatchObject({ subscribe: 2, iceServers: [] });
	expect(await orderOf({ ice: "relay-udp" })).toMatchObject({
		...{ icePolicy: "relay-udp", iceServers: [{ urls: ["turn:t:3478"] }] },
	});
	expect(await orderOf({ media: false })).toMatchObject({ media: false, subscribe: 0 });
	expect(await orderOf({})).toMatchObject({ leaveWithinMs: 1000 });
});

test("signalling only: joined without any packet, no windows", async () => {
	const { socket, joined, gathered, dtls } = all;
	const script = { stagesAfterMs: { socket, joined, gathered, dtls } };
	const life = await livedLife({ media: false, script });
	expect(life.kinds.filter((kind) => kind !== "stage")).toEqual([
		"begun",
		"pair",
		"joined",
		"left",
	]);
});

test("who is to send data fails where its token forbids it: the server would drop it without a word", async () => {
	const data = { rateHz: 1, bytes: 100, reliable: false };
	const forbidden = { script: { mayPublishData: false } };
	expect((await failureOf({ ...forbidden, data })).failure).toBe("published: publish-refused");
	for (const setting of [forbidden, { script: { mayPublishData: true }, data }, { data }])
		expect((await livedLife(setting)).kinds).toContain("joined");
});
