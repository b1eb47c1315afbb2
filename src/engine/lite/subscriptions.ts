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

/** The packets of one thread are read one after another: they share the reader. */
const rtp = new RtpReader();

interface Subscription {
	/** Held for as long as we listen: libdatachannel ends a track that the garbage collector takes. */
	readonly track: Track;
	readonly receiver: TrackReceiver;
	readonly reports: ReportSchedule;
}

/** The remote audio tracks of one participant: who publishes what, and what of it arrives. */
export class Subscriptions {
	readonly #clock: Clock;
	readonly #limit: "all" | number;
	readonly #onFirstReceived: (atMs: number) => void;
	readonly #subscribe: (trackSid: string) => void;
	readonly #bySid = new Map<string, Subscription>();
	/** Who publishes a track, by its sid, for all audio tracks in the room. */
	readonly #publishers = new Map<string, { participantSid: string; identity: string }>();
	/** Of tracks that have ended; what came since the last reading is yet to be told. */
	readonly #ended: TrackReceiver[] = [];
	readonly #asked = new Set<string>();
	readonly #ssrc = 1 + Math.floor(Math.random() * 0xffff_fffe);
	readonly #stopTicking: () => void;
	#hasReceived = false;

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
		this.#stopTicking = options.ticker.add((nowMs) => this.#report(nowMs));
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

	/** A media section of the subscriber's peer connection carries this track from now on. */
	onTrack(track: Track, trackSid: string): void {
		for (const [sid, other] of this.#bySid) if (other.track === track) this.#end(sid);
		this.#end(trackSid);
		const publisherIdentity = this.#publishers.get(trackSid)?.identity;
		const receiver = new TrackReceiver({
			trackId: trackSid,
			...(publisherIdentity === undefined ? {} : { publisherIdentity }),
		});
		const reports = new ReportSchedule(this.#clock.nowMs(), Math.random);
		this.#bySid.set(trackSid, { track, receiver, reports });
		track.onMessage((packet) => this.#receive(packet, receiver));
		track.onClosed(() => {
			if (this.#bySid.get(trackSid)?.track === track) this.#end(trackSid);
		});
	}

	/** Running totals of all tracks there are, and once more of those that have ended since the last call. */
	totals(): InboundTrackTotals[] {
		const ended = this.#ended.splice(0);
		return [...ended, ...[...this.#bySid.values()].map(({ receiver }) => receiver)].map(
			(receiver) => receiver.totals(),
		);
	}

	#end(trackSid: string): void {
		const subscription = this.#bySid.get(trackSid);
		if (subscription) this.#ended.push(subscription.receiver);
		this.#bySid.delete(trackSid);
	}

	close(): void {
		this.#stopTicking();
		this.#bySid.clear();
	}

	#receive(packet: Buffer, receiver: TrackReceiver): void {
		const nowMs = this.#clock.nowMs();
		if (isRtcp(packet)) {
			readRtcp(packet, { onSenderReport: (report) => receiver.onSenderReport(report, nowMs) });
			return;
		}
		if (!rtp.read(packet)) return;
		receiver.receive(rtp, nowMs);
		if (this.#hasReceived) return;
		this.#hasReceived = true;
		this.#onFirstReceived(nowMs);
	}

	#report(nowMs: number): void {
		for (const { track, receiver, reports } of this.#bySid.values()) {
			if (!reports.isDue(nowMs) || !track.isOpen()) continue;
			const block = receiver.takeReportBlock(nowMs);
			if (block)
				track.sendMessageBinary(
					receiverReport({ ssrc: this.#ssrc, cname: "livesoak", blocks: [block] }),
				);
		}
	}

	/** The track is no longer published. */
	#forget(trackSid: string): void {
		this.#end(trackSid);
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
