import { SignalRequest, SubscriptionPermission } from "@livekit/protocol";
import { RoomServiceClient, TrackSource } from "livekit-server-sdk";
import { expect, vi } from "vitest";
import { markerMaterial } from "../../src/audio/marker.js";
import type { PcmSource } from "../../src/audio/pcm-source.js";
import type { RunningServer } from "../../src/backend/start-livekit.js";
import { systemClock } from "../../src/clock/system-clock.js";
import { Ticker } from "../../src/clock/ticker.js";
import type { EngineParticipant } from "../../src/engine/engine.js";
import { LiteEngine } from "../../src/engine/lite/lite-engine.js";
import type { LiteParticipant } from "../../src/engine/lite/lite-participant.js";
import { SignalFilter } from "../../src/engine/native/signal-filter.js";
import { SignalTap } from "../../src/engine/native/signal-tap.js";
import { testToken } from "./doctor-context.js";

type Server = Pick<RunningServer, "url" | "apiKey" | "apiSecret">;

/** "alice" in one room. */
export interface RoomPublisher {
	/** As a moderator does it. */
	mute(): Promise<void>;
	/** From now on her track is nobody's. */
	denySubscriptions(): void;
	leave(): Promise<void>;
}

/** What people of this process need to publish; one for many rooms. */
export class PublisherRig {
	readonly #tap = new SignalTap({ tlsInsecure: false });
	#count = 0;
	readonly #ticker = new Ticker(systemClock, 10, () => {});
	readonly #engine = new LiteEngine({
		...{ clock: systemClock, ticker: this.#ticker, tlsInsecure: false },
	});

	async start(): Promise<void> {
		await this.#tap.start();
		this.#ticker.start();
	}

	async close(): Promise<void> {
		await this.#tap.close();
		await this.#engine.close();
		this.#ticker.stop();
	}

	/** Comes back when she sends. */
	async publish(server: Server, room: string, pcm: PcmSource): Promise<RoomPublisher> {
		const { text: token, identity } = await testToken(server, { identity: "alice", room });
		const url = this.#tap.register(`alice-${++this.#count}`, server.url, listener());
		const participant = await this.#engine.join(
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
		await vi.waitFor(
			async () => expect((await participant.mediaTotals())?.packetsSent).toBeGreaterThan(10),
			{ timeout: 10_000 },
		);
		return publisher(server, room, participant);
	}
}

function publisher(server: Server, room: string, participant: EngineParticipant): RoomPublisher {
	return {
		leave: async () => void (await participant.leave()),
		denySubscriptions: () =>
			(participant as LiteParticipant).signal.send.updateSubscription([], true),
		async mute() {
			const rooms = roomsOf(server);
			const { tracks } = await rooms.getParticipant(room, "alice");
			const track = tracks.find(({ source }) => source === TrackSource.MICROPHONE);
			await rooms.mutePublishedTrack(room, "alice", track?.sid ?? "", true);
		},
	};
}

export function roomsOf({ url, apiKey, apiSecret }: Server): RoomServiceClient {
	return new RoomServiceClient(url.replace("ws", "http"), apiKey, apiSecret);
}

/** The marker as somebody publishes it who reads 44.1 kHz PCM and says 48 kHz. */
export function tooFast(): PcmSource {
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

const news = { onWelcome() {}, onGathered() {}, onTracks() {}, onLeave() {} };
/** A tap lets each of its listeners join once. */
const listener = () => ({
	...{ onSocket() {}, onSocketFailure() {}, mayConnect: () => true },
	filter: new Denying("direct", news),
});
