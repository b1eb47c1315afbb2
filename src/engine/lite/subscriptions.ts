import { type ParticipantInfo, ParticipantInfo_State, TrackType } from "@livekit/protocol";
import type { Track } from "node-datachannel";
import type { Clock } from "../../clock/clock.js";
import type { Ticker } from "../../clock/ticker.js";
import type { InboundTrackTotals } from "../../sample/media-totals.js";
import { readRtcp } from "./media/read-rtcp.js";
import { ReportSchedule } from "./media/report-schedule.js";
import { isRtcp, receiverReport } from "./media/rtcp.js";
import { RtpReader } from "./media/rtp-packet.js";
import { TrackReceiver } from "./media/track-receiver.js";
import { sendPacket } from "./send-packet.js";

/** The packets of one thread are read one after another: they share the reader. */
const rtp = new RtpReader();

/** How often it is looked whether a report is due: they come every few seconds. */
const reportEveryMs = 100;

/** Of one receiver report (RFC 3550 6.4.2). */
const mostBlocks = 31;

interface Subscription {
	/** Held for as long as we listen: libdatachannel ends a track that the garbage collector takes. */
	readonly track: Track;
	readonly receiver: TrackReceiver;
}

/** The remote audio tracks of one participant: who publishes what, and what of it arrives. */
export class Subscriptions {
	readonly #clock: Clock;
	readonly #limit: "all" | number;
	readonly #onFirstReceived: (atMs: number) => void;
	readonly #subscribe: (trackSid: string) => void;
	readonly #bySid = new Map<string, Subscription>();
	/** Of tracks whose SSRC the server has announced. */
	readonly #bySsrc = new Map<number, TrackReceiver>();
	/** Those of them that libdatachannel has not told of yet, by sid: it does so on a thread of its own. */
	readonly #announced = new Map<string, TrackReceiver>();
	#receivers = 0;
	/** Who publishes a track, by its sid, for all audio tracks in the room. */
	readonly #publishers = new Map<string, { participantSid: string; identity: string }>();
	/** Of tracks that have ended; what came since the last reading is yet to be told. */
	readonly #ended: TrackReceiver[] = [];
	readonly #asked = new Set<string>();
	readonly #ssrc = 1 + Math.floor(Math.random() * 0xffff_fffe);
	readonly #reports: ReportSchedule;
	readonly #stopTicking: () => void;
	#hasReceived = false;
	#onArrival: ((atMs: number) => void) | undefined;

	constructor(options: {
		clock: Clock;
		ticker: Ticker;
		limit: "all" | number;
		onFirstReceived: (atMs: number) => void;
		subscribe: (trackSid: string) => void;
	}) {
		this.#clock = options.clock;
		this.#limit = options.limit;
		this.#onFirstReceived = options.onFirstReceived;
		this.#subscribe = options.subscribe;
		this.#reports = new ReportSchedule(options.clock.nowMs(), Math.random);
		this.#stopTicking = options.ticker.add((nowMs) => this.#report(nowMs), reportEveryMs);
	}

	/**
	 * @param participants those that changed, each with all its tracks; gone ones with none
	 * @param own sid of our own participant, which the server tells of as of any other
	 */
	onParticipants(participants: readonly ParticipantInfo[], own: string | undefined): void {
		for (const { sid, identity, tracks, state } of participants) {
			if (sid === own) continue;
			const isGone = state === ParticipantInfo_State.DISCONNECTED;
			const published = new Set(
				isGone
					? []
					: tracks.filter(({ type }) => type === TrackType.AUDIO).map((track) => track.sid),
			);
			for (const [known, { participantSid }] of this.#publishers) {
				if (participantSid === sid && !published.has(known)) this.#forget(known);
			}
			for (const trackSid of published) {
				this.#publishers.set(trackSid, { participantSid: sid, identity });
			}
		}
		this.#subscribeUpToLimit();
	}

	/**
	 * The server's offer tells of all these tracks, by sid, with their SSRCs. Their packets are counted from here on, for
	 * they may come before `onTrack`; a track whose SSRC is known already goes on as it is.
	 */
	announce(tracks: ReadonlyMap<string, readonly number[]>): void {
		for (const sid of this.#announced.keys()) if (!tracks.has(sid)) this.#dropAnnounced(sid);
		for (const [sid, ssrcs] of tracks) {
			if (ssrcs.some((ssrc) => this.#bySsrc.has(ssrc))) continue;
			this.#dropAnnounced(sid);
			const receiver = this.#receiver(sid);
			this.#announced.set(sid, receiver);
			for (const ssrc of ssrcs) this.#bySsrc.set(ssrc, receiver);
		}
	}

	/** A media section of the subscriber's peer connection carries this track from now on. */
	onTrack(track: Track, trackSid: string): void {
		for (const [sid, other] of this.#bySid) if (other.track === track) this.#end(sid);
		this.#end(trackSid);
		const receiver = this.#announced.get(trackSid) ?? this.#receiver(trackSid);
		this.#announced.delete(trackSid);
		this.#bySid.set(trackSid, { track, receiver });
		track.onMessage((packet) => this.#receive(packet, receiver));
		track.onClosed(() => {
			if (this.#bySid.get(trackSid)?.track === track) this.#end(trackSid);
		});
	}

	/** Remote audio tracks in the room, subscribed or not. */
	get published(): number {
		return this.#publishers.size;
	}

	/** Running totals of all tracks there are, and once more of those that have ended since the last call. */
	totals(): InboundTrackTotals[] {
		const ended = this.#ended.splice(0);
		const subscribed = [...this.#bySid.values()].map(({ receiver }) => receiver);
		const early = [...this.#announced.values()].filter(({ ssrc }) => ssrc !== undefined);
		return [...ended, ...subscribed, ...early].map((receiver) => receiver.totals());
	}

	/**
	 * Counts an SRTP packet by its header.
	 * @returns whether it is to be decrypted too: as a sample, or because its SSRC was never announced, so that only
	 * libdatachannel can tell its track
	 */
	onEncrypted(packet: Buffer, arrivalMs: number): boolean {
		if (!rtp.readEncrypted(packet)) return false;
		const receiver = this.#bySsrc.get(rtp.ssrc);
		if (!receiver) return true;
		this.#markFirst(arrivalMs);
		return receiver.receiveEncrypted(rtp, arrivalMs);
	}

	/** Told the time of each packet from now on, until the returned function is called. */
	watchArrivals(onArrival: (atMs: number) => void): () => void {
		this.#onArrival = onArrival;
		return () => {
			if (this.#onArrival === onArrival) this.#onArrival = undefined;
		};
	}

	#receiver(trackSid: string): TrackReceiver {
		const publisherIdentity = this.#publishers.get(trackSid)?.identity;
		// The same track again, in a session that was restarted, is counted from zero.
		const trackId = `${trackSid}#${++this.#receivers}`;
		return new TrackReceiver({
			trackId,
			...(publisherIdentity === undefined ? {} : { publisherIdentity }),
		});
	}

	#end(trackSid: string): void {
		const subscription = this.#bySid.get(trackSid);
		this.#bySid.delete(trackSid);
		if (subscription) this.#retire(subscription.receiver);
	}

	#dropAnnounced(trackSid: string): void {
		const receiver = this.#announced.get(trackSid);
		this.#announced.delete(trackSid);
		if (receiver) this.#retire(receiver);
	}

	#retire(receiver: TrackReceiver): void {
		this.#ended.push(receiver);
		for (const [ssrc, of] of this.#bySsrc) if (of === receiver) this.#bySsrc.delete(ssrc);
	}

	close(): void {
		this.#stopTicking();
		this.#bySid.clear();
		this.#announced.clear();
	}

	#receive(packet: Buffer, receiver: TrackReceiver): void {
		const nowMs = this.#clock.nowMs();
		if (isRtcp(packet)) {
			readRtcp(packet, { onSenderReport: (report) => receiver.onSenderReport(report, nowMs) });
			return;
		}
		if (!rtp.read(packet)) return;
		const counting = this.#bySsrc.get(rtp.ssrc);
		// Counted by its header, also where the track has ended since.
		if ((counting ?? receiver).onDecrypted(rtp) || counting) return;
		this.#markFirst(nowMs);
		receiver.receive(rtp, nowMs);
	}

	#markFirst(arrivalMs: number): void {
		this.#onArrival?.(arrivalMs);
		if (this.#hasReceived) return;
		this.#hasReceived = true;
		this.#onFirstReceived(arrivalMs);
	}

	/** One compound packet for all tracks, over any of them: they share the transport. */
	#report(nowMs: number): void {
		if (!this.#reports.isDue(nowMs)) return;
		const open = [...this.#bySid.values()].filter(({ track }) => track.isOpen());
		const blocks = open.flatMap(({ receiver }) => receiver.takeReportBlock(nowMs) ?? []);
		for (let first = 0; first < blocks.length; first += mostBlocks) {
			const some = blocks.slice(first, first + mostBlocks);
			const packet = receiverReport({ ssrc: this.#ssrc, cname: "livesoak", blocks: some });
			if (open[0]) sendPacket(open[0].track, packet);
		}
	}

	/** The track is no longer published. */
	#forget(trackSid: string): void {
		this.#end(trackSid);
		this.#dropAnnounced(trackSid);
		this.#asked.delete(trackSid);
		this.#publishers.delete(trackSid);
	}

	/** `subscribe: N`: the first N audio tracks published; the server sends none by itself. */
	#subscribeUpToLimit(): void {
		if (this.#limit === "all") return;
		for (const sid of this.#publishers.keys()) {
			if (this.#asked.size >= this.#limit) return;
			if (this.#asked.has(sid)) continue;
			this.#asked.add(sid);
			this.#subscribe(sid);
		}
	}
}
