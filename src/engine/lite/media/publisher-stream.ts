import { samplesPerOpusFrame } from "../../../audio/opus-encoder.js";
import type { OpusPacket, OpusTape } from "../../../audio/opus-tape.js";
import { FramePacer, frameMs } from "../../../audio/pacing.js";
import { roundTripMs } from "./ntp-time.js";
import { PacketBuffers } from "./packet-buffers.js";
import { ReportSchedule } from "./report-schedule.js";
import { goodbye, type ReportBlock, senderReport } from "./rtcp.js";
import { type RtpHeader, rtpHeaderBytes, writeRtpHeader } from "./rtp-packet.js";

const samplesPerMs = 48;

/** Publishers of one thread never send at the same time: they share the memory for packets. */
const buffers = new PacketBuffers();

export interface PublisherStreamOptions {
	readonly tape: OpusTape;
	readonly ssrc: number;
	readonly cname: string;
	readonly payloadType: number;
	/** See `RtpHeader.audioLevelId`; 0 where the answer has no such extension. */
	readonly audioLevelId: number;
	/** When publishing begins, and when frame 0 of the tape lies (epoch ms). */
	readonly startMs: number;
	readonly mediaZeroAtMs: number;
	/** `spreadPhaseMs` of this publisher. */
	readonly phaseMs: number;
	/** Later than this after its time a frame is late. @default 20 */
	readonly toleranceMs?: number;
	/** 0 (inclusive) to 1 (exclusive): first sequence number and timestamp, report intervals. */
	readonly random: () => number;
	/** Takes RTP and RTCP; must have copied the packet when it returns. */
	readonly send: (packet: Buffer) => void;
	readonly onFirstSent?: () => void;
}

/**
 * One published track: the RTP stream of its own over shared Opus material. Frame n leaves at
 * `startMs + phaseMs + 20 n` with timestamp first + 960 n; sequence numbers count the packets that were sent,
 * so that neither a pause (DTX) nor frames skipped in a stall look like loss.
 */
export class PublisherStream {
	readonly #options: PublisherStreamOptions;
	readonly #pacer: FramePacer;
	readonly #reports: ReportSchedule;
	readonly #header: RtpHeader;
	readonly #headerBytes: number;
	readonly #firstTimestamp: number;
	/** Frame of the tape that is published first. */
	readonly #firstFrame: number;
	/** The last frame that was sent; the one after a gap bears the marker (RFC 3551 4.1). */
	#lastSent = Number.NEGATIVE_INFINITY;
	#packetsSent = 0;
	#bytesSent = 0;
	#rttMs: number | undefined;

	/** @throws RangeError for an extension id that the one-byte form cannot hold */
	constructor(options: PublisherStreamOptions) {
		const { startMs, random, audioLevelId } = options;
		if (!(audioLevelId >= 0 && audioLevelId <= 14))
			throw new RangeError(`audio level extension id ${audioLevelId}: expected 0 to 14`);
		this.#options = options;
		this.#pacer = new FramePacer(options);
		this.#reports = new ReportSchedule(startMs, random);
		this.#firstTimestamp = Math.floor(random() * 2 ** 32);
		this.#firstFrame = Math.max(0, Math.round((startMs - options.mediaZeroAtMs) / frameMs));
		this.#header = {
			marker: false,
			payloadType: options.payloadType,
			// Below 2^15, as libsrtp advises: no wrap right after the start.
			sequence: Math.floor(random() * 2 ** 15),
			timestamp: 0,
			ssrc: options.ssrc,
			audioLevelId,
			audioLevel: 0,
		};
		this.#headerBytes = rtpHeaderBytes(this.#header);
	}

	/** Sends what is due; to be called at every tick of the worker's clock. */
	tick(nowMs: number): void {
		const due = this.#pacer.dueFrames(nowMs);
		const first = this.#pacer.firstDueFrame;
		for (let frame = first; frame < first + due; frame++) {
			const packet = this.#options.tape.packetAt(this.#firstFrame + frame);
			if (packet.payload.length > 0) this.#send(frame, packet);
		}
		if (this.#packetsSent > 0 && this.#reports.isDue(nowMs)) this.#report(nowMs);
	}

	/** A report block that came in RTCP; those about others are passed over. */
	onReportBlock(block: ReportBlock, nowMs: number): void {
		if (block.ssrc !== this.#options.ssrc) return;
		this.#rttMs = roundTripMs(block, nowMs) ?? this.#rttMs;
	}

	/** Says goodbye (RTCP BYE); nothing may be sent after it. */
	end(): void {
		this.#options.send(goodbye(this.#options.ssrc, this.#options.cname));
	}

	get packetsSent(): number {
		return this.#packetsSent;
	}

	/** Payload only, as W3C's `bytesSent`. */
	get bytesSent(): number {
		return this.#bytesSent;
	}

	get framesDue(): number {
		return this.#pacer.sent + this.#pacer.skipped;
	}

	get framesLate(): number {
		return this.#pacer.late;
	}

	/** From the latest receiver report; undefined before one has answered a sender report. */
	get rttMs(): number | undefined {
		return this.#rttMs;
	}

	#send(frame: number, { payload, level }: OpusPacket): void {
		const header = this.#header;
		header.marker = frame !== this.#lastSent + 1;
		header.timestamp = this.#firstTimestamp + frame * samplesPerOpusFrame;
		header.audioLevel = level;
		const packet = buffers.ofLength(this.#headerBytes + payload.length);
		packet.set(payload, writeRtpHeader(packet, header));
		this.#options.send(packet);
		header.sequence = (header.sequence + 1) & 0xffff;
		this.#lastSent = frame;
		this.#packetsSent++;
		this.#bytesSent += payload.length;
		if (this.#packetsSent === 1) this.#options.onFirstSent?.();
	}

	#report(nowMs: number): void {
		const { ssrc, cname, startMs, phaseMs, send } = this.#options;
		const sinceFirstMs = nowMs - (startMs + phaseMs);
		send(
			senderReport({
				ssrc,
				cname,
				nowMs,
				rtpTimestamp: this.#firstTimestamp + Math.round(sinceFirstMs * samplesPerMs),
				packets: this.#packetsSent,
				payloadBytes: this.#bytesSent,
			}),
		);
	}
}
