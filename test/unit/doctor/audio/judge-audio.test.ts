import { describe, expect, test } from "vitest";
import type { HeardBy, HeardTrack } from "../../../../src/doctor/audio/heard.js";
import { judgeAudio } from "../../../../src/doctor/audio/judge-audio.js";
import { tokenGrants } from "../../../../src/doctor/audio/token-grants.js";
import { mintToken } from "../../../../src/token/access-token.js";

const marker = {
	...{ ratio: 1, score: 0.8, levelDbfs: -17, expectedMs: 1_800, missingMs: 20, delayMs: 90 },
};
const sound = { durationMs: 2_300, levelDbfs: -18, clippedShare: 0 };
const figures = { packets: 115, lossShare: 0, concealedShare: 0.01, mos: 4.3 };
const well = { isMuted: false, isSubscribed: true, sound, figures };
const all = { canPublish: true, canSubscribe: true };

function heardBy(identity: string, tracks: readonly HeardTrack[], rest: Partial<HeardBy> = {}) {
	const base = { identity, publishes: true, others: 1, pairs: [], packetsSent: 120, tracks };
	return { heard: { ...base, ...rest }, grants: all };
}

function pair(change: Partial<HeardTrack>) {
	const track = (publisher: string) => ({ publisher, isOurs: true, marker, ...well });
	return [heardBy("a", [{ ...track("b"), ...change }]), heardBy("b", [track("a")])];
}

const ids = (findings: ReturnType<typeof judgeAudio>) => findings.map(({ id }) => id);

describe("the marker there and back", () => {
	const { marker: _none, ...unmarked } = { publisher: "b", isOurs: true, marker, ...well };
	const silence = { ...sound, levelDbfs: Number.NEGATIVE_INFINITY };
	test.each([
		["well", {}, []],
		["clipped", { sound: { ...sound, clippedShare: 0.01 } }, ["audio.clipping"]],
		["overshooting", { sound: { ...sound, clippedShare: 0.002 } }, []],
		["quiet", { marker: { ...marker, levelDbfs: -50 } }, ["audio.too-quiet"]],
		["holes", { marker: { ...marker, missingMs: 900 } }, ["audio.gaps"]],
		["concealed", { figures: { ...figures, concealedShare: 0.2 } }, ["audio.gaps"]],
		["late", { marker: { ...marker, delayMs: 700 } }, ["audio.late"]],
		["poor", { figures: { ...figures, mos: 3 } }, ["audio.poor-quality"]],
		["too fast", { marker: { ...marker, ratio: 48_000 / 44_100 } }, ["audio.wrong-rate"]],
		["not subscribed", { isSubscribed: false }, ["audio.not-heard"]],
	] as const)("%s", (_, change, expected) => {
		expect(ids(judgeAudio(pair(change)))).toEqual(expected);
	});

	test("silence, and what is not the marker", () => {
		const [, back] = pair({});
		if (!back) throw new Error("no second one");
		const silent = judgeAudio([heardBy("a", [{ ...unmarked, sound: silence }]), back]);
		expect(ids(silent)).toEqual(["audio.not-heard"]);
		expect(silent[0]?.title).toContain("digital silence");
		const other = judgeAudio([heardBy("a", [unmarked]), back]);
		expect(other[0]?.title).toContain("not what was published");
	});

	test("the rate's true and declared value are named", () => {
		const [finding] = judgeAudio(pair({ marker: { ...marker, ratio: 0.5 } }));
		expect(finding?.title).toContain("stereo declared as mono");
		const [fast] = judgeAudio(pair({ marker: { ...marker, ratio: 48_000 / 44_100 } }));
		expect(fast?.fix).toContain("44100 Hz");
	});

	test("a track that is not announced", () => {
		expect(ids(judgeAudio([heardBy("a", []), ...pair({}).slice(1)]))).toEqual([
			"audio.track-not-announced",
		]);
	});

	test("the same fault both ways is one finding with both as evidence", () => {
		const gappy = { ...marker, missingMs: 900 };
		const track = (publisher: string) => ({ publisher, isOurs: true, ...well, marker: gappy });
		const findings = judgeAudio([heardBy("a", [track("b")]), heardBy("b", [track("a")])]);
		expect(ids(findings)).toEqual(["audio.gaps"]);
		expect(findings[0]?.evidence).toHaveLength(2);
	});

	test("who may not, and who does not get in", () => {
		const [one, two] = pair({});
		if (!one || !two) throw new Error("no two");
		const deaf = { ...one, grants: { ...all, canSubscribe: false } };
		expect(ids(judgeAudio([deaf, two]))).toEqual(["audio.subscribe-refused"]);
		const mute = {
			...heardBy("b", [], { publishes: false }),
			grants: { ...all, canPublish: false },
		};
		expect(ids(judgeAudio([{ ...mute }]))).toEqual(["audio.publish-refused"]);
		const failure = { stage: "ice", cause: "no-nominated-pair", detail: "no pair" } as const;
		expect(ids(judgeAudio([heardBy("a", [], { failure })]))).toEqual(["audio.join-fails"]);
		const refused = { stage: "published", cause: "publish-refused", detail: "no track" } as const;
		const unpublished = judgeAudio([heardBy("a", [], { failure: refused })]);
		expect(ids(unpublished)).toEqual(["audio.publish-refused"]);
	});
});

describe("people in the room", () => {
	const alice = { publisher: "alice", isOurs: false, ...well };
	const zero = { ...sound, levelDbfs: Number.NEGATIVE_INFINITY };
	const listen = (...tracks: HeardTrack[]) => ids(judgeAudio([heardBy("a", tracks)]));

	test.each([
		["speaks", {}, []],
		["muted", { isMuted: true }, ["audio.publisher-muted"]],
		["not subscribed", { isSubscribed: false }, ["audio.not-subscribed"]],
		["zeros", { sound: zero }, ["audio.zero-pcm"]],
		["no packets", { sound: zero, figures: { ...figures, packets: 0 } }, ["audio.nothing-sent"]],
		["pitched", { marker: { ...marker, ratio: 2 } }, ["audio.wrong-rate"]],
	] as const)("%s", (_, change, expected) => {
		expect(listen({ ...alice, ...change })).toEqual(expected);
	});

	test("nobody is blamed for being muted while another one is heard", () => {
		expect(listen({ ...alice, isMuted: true }, { ...alice, publisher: "bob" })).toEqual([]);
	});
});

test("grants are read from a token; what cannot be read counts as allowed", async () => {
	const order = { apiKey: "key", apiSecret: "secret", identity: "i", room: "r", ttlMs: 1_000 };
	const token = await mintToken({ ...order, canPublish: false, canSubscribe: true });
	expect(tokenGrants(token)).toEqual({ canPublish: false, canSubscribe: true });
	expect(tokenGrants("garbage")).toEqual(all);
	const withSources = (canPublishSources: unknown) =>
		tokenGrants(
			`x.${Buffer.from(JSON.stringify({ video: { canPublishSources } })).toString("base64url")}.x`,
		);
	expect(withSources(["camera"]).canPublish).toBe(false);
	expect(withSources(["camera", "microphone"]).canPublish).toBe(true);
	expect(withSources([]).canPublish).toBe(true);
});
