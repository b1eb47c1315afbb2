import type { InboundTrackTotals } from "../../../sample/media-totals.js";
import { RtpJitter } from "../../../sample/rtp-jitter.js";
import { RtpSequence } from "../../../sample/rtp-sequence.js";
import { ArrivalOrder } from "./arrival-order.js";
import { compactNtp } from "./ntp-time.js";
import type { ReportBlock, SenderReport } from "./rtcp.js";
import type { RtpReader } from "./rtp-packet.js";

/** Of Opus, always (RFC 7587 4.1). */
const clockRateHz = 48_000;

/** One packet in so many is decrypted too: about one a second and track. */
const sampleEvery = 50;

export interface TrackReceiverOptions {
	/** Of this receiver alone: totals of one are never compared with those of another. */
	readonly trackId: string;
	readonly publisherIdentity?: string;
}

/**
 * What one remote track sends us, from its RTP headers alone. `receive` is the tester's hottest path and
 * allocates nothing. A pause (DTX) is neither loss nor jitter: sequence numbers go on, timestamps tell of it.
 */
export class TrackReceiver {
	readonly #options: TrackReceiverOptions;
	readonly #jitter = new RtpJitter(clockRateHz);
	readonly #order = new ArrivalOrder();
	#sequence = new RtpSequence();
	#ssrc: number | undefined;
	/** Of the streams before the present SSRC. */
	#receivedBefore = 0;
	#expectedBefore = 0;
	#bytes = 0;
	/** Counted while encrypted: their bytes have an authentication tag in them. */
	#encrypted = 0;
	#sampled = 0;
	#decrypted = 0;
	/** Payload bytes of what was sampled and is not yet decrypted, by sequence number: one in `sampleEvery` of 2^16 at most. */
	readonly #samples = new Map<number, number>();
	/** The shortest that a sample told: padding makes it look longer. */
	#tagBytes = Number.POSITIVE_INFINITY;
	#firstArrivalMs: number | undefined;
	#lastArrivalMs = 0;
	#expectedReported = 0;
	#receivedReported = 0;
	#lastSr = 0;
	#lastSrArrivalMs = 0;

	constructor(options: TrackReceiverOptions) {
		this.#options = options;
	}

	/**
	 * @param rtp has just read the packet
	 * @param arrivalMs on any steady clock
	 * @returns false if it is none that counts: a copy, or not of the stream
	 */
	receive(rtp: RtpReader, arrivalMs: number): boolean {
		if (rtp.ssrc !== this.#ssrc) this.#begin(rtp.ssrc);
		if (this.#firstArrivalMs === undefined) this.#firstArrivalMs = arrivalMs;
		this.#lastArrivalMs = arrivalMs;
		const outcome = this.#sequence.receive(rtp.sequence);
		if (outcome === "ignored") return false;
		if (outcome === "restarted") {
			this.#jitter.restart();
			this.#order.restart();
		}
		// A copy is the network's doing: it is no packet more, and would make up for a lost one (W3C webrtc-stats).
		if (this.#order.receive(rtp.sequence) === "duplicate") return false;
		this.#jitter.receive(rtp.timestamp, arrivalMs);
		this.#bytes += rtp.payloadBytes;
		return true;
	}

	/**
	 * As `receive`, of an SRTP packet.
	 * @returns whether it is to be decrypted too, and told to `onDecrypted`
	 */
	receiveEncrypted(rtp: RtpReader, arrivalMs: number): boolean {
		if (!this.receive(rtp, arrivalMs)) return false;
		this.#encrypted++;
		if (this.#encrypted !== 1 && rtp.sequence % sampleEvery !== 0) return false;
		this.#sampled++;
		this.#samples.set(rtp.sequence, rtp.payloadBytes);
		return true;
	}

	/**
	 * @param rtp has just read a packet after its decryption: its payload now has no tag, nor padding
	 * @returns false if `receiveEncrypted` did not ask for it, or has been told already
	 */
	onDecrypted(rtp: RtpReader): boolean {
		const encryptedBytes = this.#samples.get(rtp.sequence);
		if (encryptedBytes === undefined) return false;
		this.#samples.delete(rtp.sequence);
		this.#decrypted++;
		this.#tagBytes = Math.min(this.#tagBytes, encryptedBytes - rtp.payloadBytes);
		return true;
	}

	/** A sender report that came in RTCP; those of others are passed over. */
	onSenderReport(report: SenderReport, arrivalMs: number): void {
		if (report.ssrc !== this.#ssrc) return;
		this.#lastSr = compactNtp({ seconds: report.ntpSeconds, fraction: report.ntpFraction });
		this.#lastSrArrivalMs = arrivalMs;
	}

	/** What to tell the sender now (RFC 3550 A.3); undefined before the first packet. */
	takeReportBlock(nowMs: number): ReportBlock | undefined {
		if (this.#ssrc === undefined) return undefined;
		const { packetsExpected, packetsReceived, packetsLost } = this.#sequence;
		const expected = packetsExpected - this.#expectedReported;
		const lost = expected - (packetsReceived - this.#receivedReported);
		this.#expectedReported = packetsExpected;
		this.#receivedReported = packetsReceived;
		return {
			ssrc: this.#ssrc,
			fractionLost: expected > 0 && lost > 0 ? lost / expected : 0,
			packetsLost,
			highestSequence: this.#order.highestExtended,
			jitter: Math.floor((this.#jitter.jitterMs * clockRateHz) / 1000),
			lastSr: this.#lastSr,
			delaySinceLastSr:
				this.#lastSr === 0 ? 0 : Math.round(((nowMs - this.#lastSrArrivalMs) / 1000) * 65_536),
		};
	}

	totals(): InboundTrackTotals {
		const packetsReceived = this.packetsReceived;
		return {
			...this.#options,
			packetsReceived,
			packetsLost: this.#expectedBefore + this.#sequence.packetsExpected - packetsReceived,
			bytesReceived: this.#bytesReceived,
			disorder: { reordered: this.#order.reordered, duplicated: this.#order.duplicates },
			...(this.#encrypted > 0 && {
				decryption: { sampled: this.#sampled, succeeded: this.#decrypted },
			}),
			jitterMs: this.#jitter.jitterMs,
		};
	}

	/** Nothing until the tag is known: totals that go back are taken for a stream that began anew. */
	get #bytesReceived(): number {
		if (this.#encrypted === 0) return this.#bytes;
		return Math.max(0, this.#bytes - this.#encrypted * this.#tagBytes);
	}

	/** Without copies. */
	get packetsReceived(): number {
		return this.#receivedBefore + this.#sequence.packetsReceived - this.#order.duplicates;
	}

	/** Of the stream that comes now; undefined before the first packet. */
	get ssrc(): number | undefined {
		return this.#ssrc;
	}

	/** Packets that came after a later one, for the first time. */
	get reordered(): number {
		return this.#order.reordered;
	}

	get duplicates(): number {
		return this.#order.duplicates;
	}

	get firstArrivalMs(): number | undefined {
		return this.#firstArrivalMs;
	}

	get lastArrivalMs(): number {
		return this.#lastArrivalMs;
	}

	/** A new SSRC under the same track: the server made the stream anew. Totals never go back. */
	#begin(ssrc: number): void {
		if (this.#ssrc !== undefined) {
			this.#receivedBefore += this.#sequence.packetsReceived;
			this.#expectedBefore += this.#sequence.packetsExpected;
			this.#sequence = new RtpSequence();
			this.#order.restart();
			this.#jitter.restart();
		}
		this.#ssrc = ssrc;
		this.#lastSr = 0;
		this.#expectedReported = 0;
		this.#receivedReported = 0;
	}
}
