import { SignalRequest, SubscriptionPermission } from "@livekit/protocol";
import { RoomServiceClient, TrackSource } from "livekit-server-sdk";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { markerMaterial } from "../../src/audio/marker.js";
import type { PcmSource } from "../../src/audio/pcm-source.js";
import { silenceSource } from "../../src/audio/silence.js";
import { speechSource } from "../../src/audio/speech.js";
import { systemClock } from "../../src/clock/system-clock.js";
import { Ticker } from "../../src/clock/ticker.js";
import { audio } from "../../src/doctor/checks/audio.js";
import type { EngineParticipant } from "../../src/engine/engine.js";
import { LiteEngine } from "../../src/engine/lite/lite-engine.js";
import type { LiteParticipant } from "../../src/engine/lite/lite-participant.js";
import { SignalFilter } from "../../src/engine/native/signal-filter.js";
import { SignalTap } from "../../src/engine/native/signal-tap.js";
import { doctorContext, type TestGrants, testToken } from "../rig/doctor-context.js";
import { withLiveKit } from "../rig/real-parts.js";

/** The marker as somebody publishes it who reads 44.1 kHz PCM and says 48 kHz. */
function tooFast(): PcmSource {
	const material = markerMaterial();
	const at = (n: number) => material[Math.round((n * 48) / 44.1) % material.length] ?? 0;
	return {
		...{ name: "too-fast", sampleRateHz: 48_000, longestPauseMs: 112 },
		// 5 loops of the marker end on a whole sample.
		loopSamples: (material.length * 5 * 147) / 160,
		read: (start, out) => {
			for (let n = 0; n < out.length; n++) out[n] = at(start + n);
		},
	};
}

/** No client that we have sends a SubscriptionPermission: what it asks for in a request for tracks is rewritten. */
class Denying extends SignalFilter {
	override fromClient(data: Buffer): Uint8Array | undefined {
		if (SignalRequest.fromBinary(data).message.case !== "subscription") return data;
		const value = new SubscriptionPermission({ allParticipants: false });
		return new SignalRequest({ message: { case: "subscriptionPermission", value } }).toBinary();
	}
}

describe("the doctor's check of audio", () => {
	const news = { onWelcome() {}, onGathered() {}, onTracks() {}, onLeave() {} };
	const filter = new Denying("direct", news);
	const listener = { onSocket() {}, onSocketFailure() {}, mayConnect: () => true, filter };
	const tap = new SignalTap({ tlsInsecure: false });
	const server = withLiveKit();
	const ticker = new Ticker(systemClock, 10, () => {});
	let engine: LiteEngine;
	let publisher: EngineParticipant | undefined;

	beforeAll(async () => {
		await tap.start();
		ticker.start();
		engine = new LiteEngine({ clock: systemClock, ticker, tlsInsecure: false });
	});
	afterAll(async () => {
		await tap.close();
		await engine.close();
		ticker.stop();
	});

	const rooms = () => {
		const { url, apiKey, apiSecret } = server();
		return new RoomServiceClient(url.replace("ws", "http"), apiKey, apiSecret);
	};

	/** Somebody who is in the room already. */
	async function publish(room: string, pcm: PcmSource, url = server().url): Promise<void> {
		const { text: token, identity } = await testToken(server(), { identity: "alice", room });
		publisher = await engine.join(
			{
				...{ url, token, identity, icePolicy: "direct", iceServers: [] },
				...{ tlsInsecure: false, media: true, publish: pcm, dtx: false, subscribe: 0 },
				...{ mediaZeroAtMs: systemClock.nowMs(), leaveWithinMs: 2_000 },
				signal: AbortSignal.timeout(60_000),
			},
			{
				...{ onStage() {}, onWelcome() {}, onReconnecting() {}, onReconnected() {} },
				onDisconnected() {},
			},
		);
		await vi.waitFor(async () =>
			expect((await publisher?.mediaTotals())?.packetsSent).toBeGreaterThan(10),
		);
	}

	/** What the doctor finds with one given token for that room. */
	async function listen(room: string, grants: TestGrants = {}) {
		const token = await testToken(server(), { identity: "doctor", room, ...grants });
		return audio.run(await doctorContext(server(), { tokens: [token] }));
	}

	async function aliceTrack(room: string): Promise<string> {
		const { tracks } = await rooms().getParticipant(room, "alice");
		return tracks.find(({ source }) => source === TrackSource.MICROPHONE)?.sid ?? "";
	}

	test("healthy: the marker is heard both ways, whole and at its own speed", async () => {
		const context = await doctorContext(server());
		const { findings, lines } = await audio.run(context);
		expect(findings).toEqual([]);
		expect(lines[0]).toMatch(/^heard both ways, \d+ and \d+ ms from mouth to ear, MOS 4\.\d$/);
		const room = context.facts.tokens?.[0]?.room ?? "";
		await vi.waitFor(async () => expect(await rooms().listParticipants(room)).toEqual([]), 5_000);
	});

	test("alone in the room of a given token there is nothing to judge", async () => {
		const { skipped, findings } = await listen("empty");
		expect(findings).toEqual([]);
		expect(skipped).toContain("nobody in the room publishes");
	});

	test("canPublish: false, of one of two", async () => {
		const room = "cannot-publish";
		const tokens = [
			await testToken(server(), { identity: "a", room, canPublish: false }),
			await testToken(server(), { identity: "b", room }),
		];
		const { findings, lines } = await audio.run(await doctorContext(server(), { tokens }));
		expect(findings.map(({ id }) => id)).toEqual(["audio.publish-refused"]);
		expect(lines[0]).toContain("heard one way");
	});

	describe("with a publisher in the room", () => {
		const cases = [
			{ id: undefined, what: "somebody speaks", pcm: () => speechSource() },
			{ id: "audio.zero-pcm", what: "somebody sends zeros", pcm: silenceSource },
			{ id: "audio.wrong-rate", what: "44.1 kHz PCM is declared as 48 kHz", pcm: tooFast },
		];

		test.each(cases)("$what: $id", async ({ id, what, pcm }) => {
			await publish(what, pcm());
			const { findings, lines } = await listen(what);
			await publisher?.leave();
			expect(findings.map((finding) => finding.id)).toEqual(id === undefined ? [] : [id]);
			expect(lines.join("\n")).toContain("alice");
			if (id === "audio.wrong-rate")
				expect(findings[0]?.title).toContain("PCM at 44100 Hz declared as 48000 Hz");
		});

		test("a muted publisher", async () => {
			await publish("muted", speechSource());
			await rooms().mutePublishedTrack("muted", "alice", await aliceTrack("muted"), true);
			const { findings } = await listen("muted");
			await publisher?.leave();
			expect(findings.map(({ id }) => id)).toEqual(["audio.publisher-muted"]);
		});

		test("a publisher that lets nobody subscribe", async () => {
			await publish("private", speechSource(), tap.register("alice", server().url, listener));
			(publisher as LiteParticipant).signal.send.updateSubscription([], true);
			const { findings } = await listen("private");
			await publisher?.leave();
			expect(findings.map(({ id }) => id)).toEqual(["audio.not-subscribed"]);
		});

		test("canSubscribe: false", async () => {
			await publish("cannot-subscribe", speechSource());
			const { findings } = await listen("cannot-subscribe", { canSubscribe: false });
			await publisher?.leave();
			expect(findings.map(({ id }) => id)).toEqual(["audio.subscribe-refused"]);
			expect(findings[0]?.evidence.join()).toContain("alice: not subscribed");
		});
	});
});
