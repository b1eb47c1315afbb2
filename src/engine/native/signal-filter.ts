import {
	DisconnectReason,
	type JoinResponse,
	type ParticipantInfo,
	SignalRequest,
	SignalResponse,
	TrackType,
	type TrickleRequest,
} from "@livekit/protocol";
import { type Candidate, isWanted, parseCandidate } from "../../ice/candidate.js";
import type { IcePolicy } from "../../ice/policy.js";
import { filterSdpCandidates } from "../../ice/sdp-candidates.js";
import type { Welcome } from "../engine.js";

/** What is worth knowing of a connect, read off its signalling. */
export interface SignalNews {
	onWelcome(welcome: Welcome): void;
	/** The first local candidate of the kind the policy wants was found. */
	onGathered(): void;
	/** Which track the server put on which media section (`mid`) of the peer connection. */
	onTracks(sidByMid: Readonly<Record<string, string>>): void;
	/** The server ends the session, with its own word for why. */
	onLeave(reason: string): void;
}

/** Field numbers of the messages that are opened; all others pass as bytes. */
const requestFields = { offer: 1, answer: 2, trickle: 3 };
const responseFields = { join: 1, answer: 2, offer: 3, trickle: 4, leave: 8 };

/**
 * Reads the LiveKit signalling of one participant as it passes, and under the policy `tcp` takes every UDP
 * candidate out of it, both ways: then no UDP pair can form.
 */
export class SignalFilter {
	readonly #policy: IcePolicy;
	readonly #news: SignalNews;
	#gathered = false;

	constructor(policy: IcePolicy, news: SignalNews) {
		this.#policy = policy;
		this.#news = news;
	}

	/** The message to pass on to the server; undefined drops it. */
	fromClient(data: Buffer): Uint8Array | undefined {
		return this.#opened(data, () => this.#fromClient(data));
	}

	/** The message to pass on to the client; undefined drops it. */
	fromServer(data: Buffer): Uint8Array | undefined {
		return this.#opened(data, () => this.#fromServer(data));
	}

	/** A message that cannot be read is the receiver's to judge, and must not end the whole worker. */
	#opened(data: Buffer, open: () => Uint8Array | undefined): Uint8Array | undefined {
		try {
			return open();
		} catch {
			return this.#policy === "tcp" ? undefined : data;
		}
	}

	#fromClient(data: Buffer): Uint8Array | undefined {
		const field = fieldNumber(data);
		const forcesTcp = this.#policy === "tcp";
		if (field === requestFields.trickle && (!this.#gathered || forcesTcp)) {
			const { message } = SignalRequest.fromBinary(data);
			return message.case === "trickle" && !this.#passesLocal(message.value) ? undefined : data;
		}
		if (!forcesTcp) return data;
		if (field !== requestFields.offer && field !== requestFields.answer) return data;
		const request = SignalRequest.fromBinary(data);
		const { message } = request;
		if (message.case !== "offer" && message.case !== "answer") return data;
		message.value.sdp = filterSdpCandidates(message.value.sdp, isTcp);
		return request.toBinary();
	}

	#fromServer(data: Buffer): Uint8Array | undefined {
		const field = fieldNumber(data);
		if (!Object.values(responseFields).includes(field)) return data;
		const response = SignalResponse.fromBinary(data);
		const { message } = response;
		const forcesTcp = this.#policy === "tcp";
		switch (message.case) {
			case "join":
				this.#news.onWelcome(welcomeOf(message.value));
				return data;
			case "leave":
				this.#news.onLeave(DisconnectReason[message.value.reason] ?? "UNKNOWN_REASON");
				return data;
			case "trickle":
				return forcesTcp && !mayPassTcp(candidateOf(message.value)) ? undefined : data;
			case "offer":
			case "answer":
				this.#news.onTracks(message.value.midToTrackId);
				if (!forcesTcp) return data;
				message.value.sdp = filterSdpCandidates(message.value.sdp, isTcp);
				return response.toBinary();
			default:
				return data;
		}
	}

	#passesLocal(trickle: TrickleRequest): boolean {
		const line = candidateOf(trickle);
		const candidate = parseCandidate(line);
		if (candidate && !this.#gathered && isWanted(this.#policy, candidate)) {
			this.#gathered = true;
			this.#news.onGathered();
		}
		return this.#policy !== "tcp" || mayPassTcp(line);
	}
}

function welcomeOf(join: JoinResponse): Welcome {
	return {
		serverVersion: join.serverInfo?.version || join.serverVersion,
		remoteAudioTracks: join.otherParticipants.reduce((sum, other) => sum + audioTracks(other), 0),
		mayPublishData: join.participant?.permission?.canPublishData ?? true,
	};
}

function audioTracks(participant: ParticipantInfo): number {
	return participant.tracks.filter((track) => track.type === TrackType.AUDIO && !track.muted)
		.length;
}

/** A trickled candidate's text; empty at the end of candidates, and the text itself where it is no JSON. */
function candidateOf(trickle: TrickleRequest): string {
	let init: unknown;
	try {
		init = JSON.parse(trickle.candidateInit || "{}");
	} catch {
		return trickle.candidateInit;
	}
	const line =
		typeof init === "object" && init !== null && "candidate" in init ? init.candidate : "";
	return typeof line === "string" ? line : "";
}

/** Of the rest only the end of candidates: what cannot be read might be UDP. */
function mayPassTcp(line: string): boolean {
	return line === "" || parseCandidate(line)?.transport === "tcp";
}

function isTcp({ transport }: Candidate): boolean {
	return transport === "tcp";
}

/** A signal message is one oneof field; its number is in the first varint (protobuf wire format). */
function fieldNumber(data: Buffer): number {
	let value = 0;
	for (let index = 0; index < Math.min(data.length, 5); index++) {
		const byte = data[index] ?? 0;
		value |= (byte & 0x7f) << (7 * index);
		if (byte < 0x80) break;
	}
	return value >>> 3;
}
