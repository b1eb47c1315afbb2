import {
	DisconnectReason,
	JoinResponse,
	LeaveRequest,
	MuteTrackRequest,
	ParticipantInfo,
	Ping,
	ServerInfo,
	SessionDescription,
	SignalRequest,
	SignalResponse,
	TrackInfo,
	TrackType,
	TrickleRequest,
} from "@livekit/protocol";
import { beforeEach, describe, expect, test } from "vitest";
import { SignalFilter } from "../../../src/engine/native/signal-filter.js";
import { icePolicies } from "../../../src/ice/policy.js";

const udp = "candidate:1 1 udp 2130706431 10.0.0.1 50000 typ host generation 0";
const tcp = "candidate:2 1 tcp 1518280447 10.0.0.1 7881 typ host tcptype passive";
const relay = "candidate:3 1 udp 41885695 10.0.0.9 60000 typ relay raddr 0.0.0.0 rport 0";

const sdp = (...candidates: string[]) =>
	["v=0", "s=-", "m=audio 9 UDP/TLS/RTP/SAVPF 111", ...candidates.map((c) => `a=${c}`), ""].join(
		"\r\n",
	);
const bytes = (message: SignalRequest | SignalResponse) => Buffer.from(message.toBinary());
const request = (message: SignalRequest["message"]) => bytes(new SignalRequest({ message }));
const response = (message: SignalResponse["message"]) => bytes(new SignalResponse({ message }));
const trickleValue = (candidateInit: string) => new TrickleRequest({ candidateInit });
const trickleOf = (candidate: string) => trickleValue(JSON.stringify({ candidate, sdpMid: "0" }));
const localTrickle = (candidate: string) =>
	request({ case: "trickle", value: trickleOf(candidate) });
const remoteTrickle = (candidate: string) =>
	response({ case: "trickle", value: trickleOf(candidate) });

let news: [string, unknown][];
const filterOf = (policy: (typeof icePolicies)[number]) =>
	new SignalFilter(policy, {
		onWelcome: (welcome) => news.push(["welcome", welcome]),
		onGathered: () => news.push(["gathered", undefined]),
		onTracks: (sidByMid) => news.push(["tracks", sidByMid]),
		onLeave: (reason) => news.push(["leave", reason]),
	});
beforeEach(() => {
	news = [];
});

describe("news", () => {
	const track = (type: TrackType, muted: boolean) => new TrackInfo({ type, muted });
	const join = (parts: Partial<JoinResponse>) =>
		response({ case: "join", value: new JoinResponse(parts) });

	test("the welcome counts what can be heard: unmuted audio tracks of the others", () => {
		const otherParticipants = [
			[track(TrackType.AUDIO, false), track(TrackType.VIDEO, false)],
			[track(TrackType.AUDIO, true), track(TrackType.AUDIO, false)],
			[],
		].map((tracks) => new ParticipantInfo({ tracks }));
		const own = new ParticipantInfo({ tracks: [track(TrackType.AUDIO, false)] });
		const serverInfo = new ServerInfo({ version: "1.13.5" });
		const data = join({ otherParticipants, participant: own, serverInfo });
		expect(filterOf("direct").fromServer(data)).toBe(data);
		const welcome = { serverVersion: "1.13.5", remoteAudioTracks: 2, mayPublishData: true };
		expect(news).toEqual([["welcome", welcome]]);
	});

	test("whether the server lets us send data", () => {
		const participant = new ParticipantInfo({ permission: { canPublishData: false } });
		filterOf("direct").fromServer(join({ participant }));
		expect(news).toMatchObject([["welcome", { mayPublishData: false }]]);
	});

	test("an old server tells its version elsewhere", () => {
		filterOf("direct").fromServer(join({ serverVersion: "1.5.0" }));
		const welcome = { serverVersion: "1.5.0", remoteAudioTracks: 0, mayPublishData: true };
		expect(news).toEqual([["welcome", welcome]]);
	});

	test("a leave is told in the server's word, also one that is not known yet", () => {
		for (const reason of [DisconnectReason.DUPLICATE_IDENTITY, 999 as DisconnectReason])
			filterOf("direct").fromServer(
				response({ case: "leave", value: new LeaveRequest({ reason }) }),
			);
		expect(news).toEqual([
			["leave", "DUPLICATE_IDENTITY"],
			["leave", "UNKNOWN_REASON"],
		]);
	});

	test.each(["offer", "answer"] as const)("the tracks of an %s by their media section", (kind) => {
		const midToTrackId = { "0": "TR_a", "1": "TR_b" };
		const value = new SessionDescription({ type: kind, sdp: sdp(udp), midToTrackId });
		filterOf("direct").fromServer(response({ case: kind, value }));
		expect(news).toEqual([["tracks", midToTrackId]]);
	});

	test.each([
		["direct", [relay, udp, tcp]],
		["tcp", [relay, udp, tcp]],
		["relay-udp", [udp, tcp, relay]],
		["relay-tls", [udp, tcp, relay]],
	] as const)(
		"gathered under %s: once, at the first candidate of the wanted kind",
		(policy, lines) => {
			const filter = filterOf(policy);
			const wanted = policy === "direct" ? 1 : 2;
			for (const [index, line] of lines.entries()) {
				filter.fromClient(localTrickle(line));
				expect(news).toHaveLength(index < wanted ? 0 : 1);
			}
			filter.fromClient(localTrickle(lines[wanted] ?? ""));
			expect(news).toEqual([["gathered", undefined]]);
		},
	);

	test("the server's candidates are not ours", () => {
		filterOf("direct").fromServer(remoteTrickle(udp));
		expect(news).toEqual([]);
	});
});

const others = {
	client: [
		localTrickle(udp),
		localTrickle(""),
		request({
			case: "offer",
			value: new SessionDescription({ type: "offer", sdp: sdp(udp, tcp) }),
		}),
		request({ case: "answer", value: new SessionDescription({ type: "answer", sdp: sdp(udp) }) }),
		request({ case: "mute", value: new MuteTrackRequest({ sid: "TR_a", muted: true }) }),
		request({ case: "pingReq", value: new Ping({ timestamp: 5n }) }),
	],
	server: [
		remoteTrickle(udp),
		remoteTrickle(""),
		response({ case: "offer", value: new SessionDescription({ type: "offer", sdp: sdp(udp) }) }),
		response({ case: "refreshToken", value: "a token" }),
		response({ case: "pong", value: 7n }),
	],
};

test.each(icePolicies.filter((policy) => policy !== "tcp"))(
	"under %s every message passes as the very same bytes",
	(policy) => {
		const filter = filterOf(policy);
		for (const data of others.client) expect(filter.fromClient(data)).toBe(data);
		for (const data of others.server) expect(filter.fromServer(data)).toBe(data);
	},
);

describe("policy tcp", () => {
	test("drops UDP candidates both ways, and lets TCP and the end of candidates through", () => {
		const filter = filterOf("tcp");
		// Also after the first wanted candidate.
		for (const line of [udp, relay, tcp, udp]) {
			const isTcp = line === tcp;
			const [local, remote] = [localTrickle(line), remoteTrickle(line)];
			expect(filter.fromClient(local)).toBe(isTcp ? local : undefined);
			expect(filter.fromServer(remote)).toBe(isTcp ? remote : undefined);
		}
		for (const end of [localTrickle("")]) expect(filter.fromClient(end)).toBe(end);
		for (const end of [remoteTrickle("")]) expect(filter.fromServer(end)).toBe(end);
	});

	test("drops a candidate that cannot be read: it might be UDP", () => {
		const odd = ["candidate:1 1 quic 1 10.0.0.1 5 typ host", "nonsense"];
		for (const line of odd) {
			expect(filterOf("tcp").fromClient(localTrickle(line))).toBeUndefined();
			expect(filterOf("tcp").fromServer(remoteTrickle(line))).toBeUndefined();
		}
		const noJson = trickleValue("{oops");
		expect(
			filterOf("tcp").fromServer(response({ case: "trickle", value: noJson })),
		).toBeUndefined();
		expect(filterOf("tcp").fromClient(request({ case: "trickle", value: noJson }))).toBeUndefined();
	});

	test.each(["offer", "answer"] as const)("takes UDP out of the SDP of an %s both ways", (kind) => {
		const value = new SessionDescription({ type: kind, sdp: sdp(udp, tcp, relay), id: 7 });
		const toServer = filterOf("tcp").fromClient(request({ case: kind, value }));
		const toClient = filterOf("tcp").fromServer(response({ case: kind, value }));
		const read = [
			SignalRequest.fromBinary(toServer ?? new Uint8Array()).message,
			SignalResponse.fromBinary(toClient ?? new Uint8Array()).message,
		];
		for (const message of read) {
			expect(message.case).toBe(kind);
			expect(message.value).toMatchObject({ type: kind, id: 7, sdp: sdp(tcp) });
		}
	});

	test("passes what holds no candidate as the very same bytes", () => {
		for (const data of others.client.slice(-2)) expect(filterOf("tcp").fromClient(data)).toBe(data);
		for (const data of others.server.slice(-2)) expect(filterOf("tcp").fromServer(data)).toBe(data);
	});
});

test("bytes that are no message pass, or under tcp drop, but never throw", () => {
	const field = (number: number) => Buffer.from([(number << 3) | 2, 0x7f, 1, 2]);
	for (const number of [1, 2, 3, 4, 8]) {
		const data = field(number);
		expect(filterOf("direct").fromServer(data)).toBe(data);
		expect(filterOf("tcp").fromServer(data)).toBe(
			[1, 2, 3, 4, 8].includes(number) ? undefined : data,
		);
	}
	expect(filterOf("direct").fromClient(field(3))).toEqual(field(3));
	expect(filterOf("tcp").fromClient(field(3))).toBeUndefined();
	const empty = Buffer.alloc(0);
	expect(filterOf("tcp").fromServer(empty)).toBe(empty);
	const unknown = Buffer.from([0xfa, 0x3f, 1, 0]);
	expect(filterOf("tcp").fromServer(unknown)).toBe(unknown);
	expect(filterOf("tcp").fromClient(unknown)).toBe(unknown);
});
