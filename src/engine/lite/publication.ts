import { AddTrackRequest, TrackSource, TrackType } from "@livekit/protocol";
import nodeDataChannel from "node-datachannel";
import type { OpusTape } from "../../audio/opus-tape.js";
import { spreadPhaseMs } from "../../audio/pacing.js";
import type { Clock } from "../../clock/clock.js";
import type { Ticker } from "../../clock/ticker.js";
import { PublisherStream } from "./media/publisher-stream.js";
import { readRtcp } from "./media/read-rtcp.js";
import { isRtcp } from "./media/rtcp.js";
import type { Peer } from "./peer.js";
import { sendPacket } from "./send-packet.js";

const payloadType = 111;
const audioLevelId = 1;
const audioLevelUri = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";

export interface PublicationOptions {
	readonly peer: Peer;
	/** Names the track between us and the server until it has a sid. */
	readonly cid: string;
	readonly tape: OpusTape;
	readonly dtx: boolean;
	/** 0-based number of the publisher on this worker: spreads them over the 20 ms. */
	readonly number: number;
	readonly clock: Clock;
	readonly ticker: Ticker;
	readonly mediaZeroAtMs: number;
	readonly onFirstSent: (atMs: number) => void;
}

/** Our one audio track on the publisher's peer connection, from its media section to its packets. */
export class Publication {
	readonly #options: PublicationOptions;
	/** Held for as long as we publish: libdatachannel ends a track that the garbage collector takes. */
	readonly #track: InstanceType<typeof nodeDataChannel.Track>;
	readonly #ssrc = 1 + Math.floor(Math.random() * 0xffff_fffe);
	#stream: PublisherStream | undefined;
	#stopTicking: () => void = () => {};
	#hasEnded = false;
	/** The server's SDP, once packets may flow. */
	#answer: string | undefined;

	constructor(options: PublicationOptions) {
		this.#options = options;
		const { cid } = options;
		const audio = new nodeDataChannel.Audio("0", "SendOnly");
		audio.addOpusCodec(payloadType, `minptime=10;useinbandfec=0${options.dtx ? ";usedtx=1" : ""}`);
		audio.parseSdpLine(`a=extmap:${audioLevelId} ${audioLevelUri}`);
		audio.addSSRC(this.#ssrc, cid, cid, cid);
		this.#track = options.peer.connection.addTrack(audio);
		this.#track.onMessage((packet) => this.#onRtcp(packet));
		// A track opens with the end of DTLS; the connection is up later where SCTP comes after it.
		this.#track.onOpen(() => {
			options.peer.sawDtls(options.clock.nowMs());
			if (this.#answer !== undefined) this.#start(this.#answer);
		});
		// Without this listener node-datachannel holds on to a track that was closed.
		this.#track.onClosed(() => {});
	}

	/** What announces the track to the server. */
	request(): AddTrackRequest {
		return new AddTrackRequest({
			...{ cid: this.#options.cid, name: "audio", type: TrackType.AUDIO },
			...{ source: TrackSource.MICROPHONE, disableDtx: !this.#options.dtx, disableRed: true },
		});
	}

	/** Packets flow as soon as the track is open. @param answer the server's SDP, which says whether it reads audio levels */
	begin(answer: string): void {
		if (this.#hasEnded) return;
		this.#answer = answer;
		if (this.#track.isOpen()) this.#start(answer);
	}

	#start(answer: string): void {
		if (this.#stream || this.#hasEnded) return;
		const { tape, cid, clock, ticker, mediaZeroAtMs, number } = this.#options;
		const stream = new PublisherStream({
			...{ tape, ssrc: this.#ssrc, cname: cid, payloadType, mediaZeroAtMs },
			audioLevelId: answer.includes(audioLevelUri) ? audioLevelId : 0,
			startMs: clock.nowMs(),
			phaseMs: spreadPhaseMs(number),
			random: Math.random,
			send: (packet) => void sendPacket(this.#track, packet),
			onFirstSent: () => this.#options.onFirstSent(clock.nowMs()),
		});
		this.#stream = stream;
		this.#stopTicking = ticker.add((nowMs) => stream.tick(nowMs));
	}

	totals() {
		return {
			packetsSent: this.#stream?.packetsSent ?? 0,
			bytesSent: this.#stream?.bytesSent ?? 0,
			audioFramesLate: this.#stream?.framesLate ?? 0,
			audioFramesDue: this.#stream?.framesDue ?? 0,
		};
	}

	get rttMs(): number | undefined {
		return this.#stream?.rttMs;
	}

	/** Closes the track: until then node-datachannel holds its listeners, and they hold us. Idempotent. */
	end(): void {
		this.#hasEnded = true;
		this.#stopTicking();
		this.#stream?.end();
		this.#track.close();
	}

	#onRtcp(packet: Buffer): void {
		if (!isRtcp(packet)) return;
		const nowMs = this.#options.clock.nowMs();
		readRtcp(packet, { onReportBlock: (block) => this.#stream?.onReportBlock(block, nowMs) });
	}
}
