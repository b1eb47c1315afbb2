import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { PcmSource } from "../../src/audio/pcm-source.js";
import { silenceSource } from "../../src/audio/silence.js";
import { speechSource } from "../../src/audio/speech.js";
import { audio } from "../../src/doctor/checks/audio.js";
import { doctorContext, type TestGrants, testToken } from "../rig/doctor-context.js";
import { withLiveKit } from "../rig/real-parts.js";
import { PublisherRig, type RoomPublisher, roomsOf, tooFast } from "../rig/room-publisher.js";

describe("the doctor's check of audio", () => {
	const server = withLiveKit();
	const rig = new PublisherRig();
	let publisher: RoomPublisher | undefined;
	beforeAll(() => rig.start());
	afterAll(() => rig.close());

	/** Somebody who is in the room already. */
	async function publish(room: string, pcm: PcmSource): Promise<void> {
		publisher = await rig.publish(server(), room, pcm);
	}

	/** What the doctor finds with one given token for that room. */
	async function listen(room: string, grants: TestGrants = {}) {
		const token = await testToken(server(), { identity: "doctor", room, ...grants });
		return audio.run(await doctorContext(server(), { tokens: [token] }));
	}

	test("healthy: the marker is heard both ways, whole and at its own speed", async () => {
		const context = await doctorContext(server());
		const { findings, lines } = await audio.run(context);
		expect(findings).toEqual([]);
		expect(lines[0]).toMatch(/^heard both ways, \d+ and \d+ ms from mouth to ear, MOS 4\.\d$/);
		const room = context.facts.tokens?.[0]?.room ?? "";
		await vi.waitFor(
			async () => expect(await roomsOf(server()).listParticipants(room)).toEqual([]),
			5_000,
		);
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
			await publisher?.mute();
			const { findings } = await listen("muted");
			await publisher?.leave();
			expect(findings.map(({ id }) => id)).toEqual(["audio.publisher-muted"]);
		});

		test("a publisher that lets nobody subscribe", async () => {
			await publish("private", speechSource());
			publisher?.denySubscriptions();
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
