import type { ConnectStage } from "../../src/sample/stage.js";
import { type CaptureRequest, dissect } from "./capture.js";

/** What ends each stage on the wire. */
export const endings = [
	["socket", "HTTP 101"],
	["joined", "first WebSocket frame of the server"],
	["ice.publisher", "answer to our first check with USE-CANDIDATE"],
	["ice.subscriber", "the server's first check with USE-CANDIDATE"],
	["ice", "the later of the two"],
	["dtls.publisher", "our ChangeCipherSpec, Finished"],
	["dtls.subscriber", "the server's ChangeCipherSpec, Finished"],
	["dtls", "the later of the two"],
	["published", "first RTP to the server"],
	["media", "first RTP from the server"],
] as const satisfies readonly (readonly [ConnectStage, string])[];

/** The packets of one participant's connect, epoch milliseconds of the kernel. */
export interface ConnectPackets {
	/** The first SYN. */
	readonly synAtMs: number;
	/** When each stage ended on the wire; without those that never did. */
	readonly ends: ReadonlyMap<ConnectStage, number>;
}

interface Packet {
	readonly atMs: number;
	readonly fromServer: boolean;
	/** The client's port: one for each socket, so one for each peer connection. */
	readonly port: string;
	readonly field: (name: (typeof fields)[number]) => string;
}

const fields = [
	...["frame.time_epoch", "tcp.srcport", "tcp.dstport", "http.response.code", "websocket.opcode"],
	...["udp.srcport", "udp.dstport", "stun.type", "stun.att.type", "stun.id"],
	...["dtls.record.content_type", "rtp.ssrc", "rtp.p_type"],
] as const;

/** RFC 8489 and RFC 8445. */
const stun = {
	...{ request: "0x0001", success: "0x0101" },
	...{ useCandidate: "0x0025", controlling: "0x802a" },
} as const;
/** RFC 5246: the record before Finished. */
const changeCipherSpec = "20";

/**
 * The connects in a capture, in order of their first packet. They must not overlap: the sockets that open after
 * one connect began and before the next did are its own.
 */
export function readConnects(
	file: string,
	{ ports, signalPort }: Required<Pick<CaptureRequest, "ports" | "signalPort">>,
): ConnectPackets[] {
	const range = `${ports.udpStart}-${ports.udpEnd}`;
	const decode = ["-d", `tcp.port==${signalPort},http`, "-d", `udp.port==${range},rtp`];
	const isServer = (port: string) =>
		Number(port) === signalPort || (Number(port) >= ports.udpStart && Number(port) <= ports.udpEnd);
	const flows = new Map<string, Packet[]>();
	for (const row of dissect(file, decode, fields)) {
		const field = (name: (typeof fields)[number]) => row[fields.indexOf(name)] ?? "";
		const source = field("tcp.srcport") || field("udp.srcport");
		const target = field("tcp.dstport") || field("udp.dstport");
		const fromServer = isServer(source);
		const port = fromServer ? target : source;
		const packet = { atMs: Number(field("frame.time_epoch")) * 1000, fromServer, port, field };
		flows.set(port, [...(flows.get(port) ?? []), packet]);
	}
	const all = [...flows.values()].map((packets) => ({ packets, atMs: packets[0]?.atMs ?? 0 }));
	const isTcp = ({ packets }: (typeof all)[number]) => packets[0]?.field("tcp.srcport") !== "";
	// Requests of other kinds, such as for the version, are no connects.
	const signalling = all
		.filter((flow) => isTcp(flow) && flow.packets.some(isUpgrade))
		.sort((a, b) => a.atMs - b.atMs);
	return signalling.map(({ packets, atMs }, n) => {
		const untilMs = signalling[n + 1]?.atMs ?? Number.POSITIVE_INFINITY;
		const own = all.filter((flow) => !isTcp(flow) && flow.atMs > atMs && flow.atMs < untilMs);
		const peers = own.map((flow) => flow.packets);
		return { synAtMs: atMs, ends: endsOf(packets, peers) };
	});
}

function endsOf(signalling: readonly Packet[], peers: readonly Packet[][]) {
	const ends = new Map<ConnectStage, number>();
	const end = (stage: ConnectStage, packet: Packet | undefined) => {
		if (packet) ends.set(stage, packet.atMs);
	};
	const heard = signalling.filter(({ fromServer }) => fromServer);
	end("socket", heard.find(isUpgrade));
	end(
		"joined",
		heard.find(({ field }) => field("websocket.opcode") !== ""),
	);
	for (const packets of peers) {
		// Who offers controls (RFC 8445 6.1.1): we do on the publisher's, the server on the subscriber's.
		const isPublisher = packets.some(
			(packet) => !packet.fromServer && has(packet, stun.controlling),
		);
		const name = isPublisher ? "publisher" : "subscriber";
		end(`ice.${name}`, nominated(packets));
		end(`dtls.${name}`, packets.filter(isChangeCipherSpec)[1]);
		end(isPublisher ? "published" : "media", packets.find(isRtpFrom(!isPublisher)));
	}
	for (const stage of ["ice", "dtls"] as const) {
		const both = [ends.get(`${stage}.publisher`), ends.get(`${stage}.subscriber`)];
		ends.set(stage, Math.max(...both.map((atMs) => atMs ?? Number.NaN)));
	}
	return ends;
}

/** RFC 8445 7.2.5.3.4 and 7.3.1.5: the answer to our nomination, or the server's of a pair that we have checked. */
function nominated(packets: readonly Packet[]): Packet | undefined {
	const nomination = packets.find(
		(packet) => packet.field("stun.type") === stun.request && has(packet, stun.useCandidate),
	);
	if (!nomination) return undefined;
	const answers = packets.filter(
		({ fromServer, field }) => fromServer && field("stun.type") === stun.success,
	);
	const idOf = ({ field }: Packet) => field("stun.id");
	if (!nomination.fromServer) return answers.find((answer) => idOf(answer) === idOf(nomination));
	const [checked] = answers;
	return checked && checked.atMs > nomination.atMs ? checked : nomination;
}

function isUpgrade({ field }: Packet): boolean {
	return field("http.response.code") === "101";
}

function has({ field }: Packet, attribute: string): boolean {
	return field("stun.att.type").split(",").includes(attribute);
}

function isChangeCipherSpec({ field }: Packet): boolean {
	return field("dtls.record.content_type").split(",").includes(changeCipherSpec);
}

function isRtpFrom(server: boolean): (packet: Packet) => boolean {
	return ({ fromServer, field }) =>
		fromServer === server &&
		field("rtp.ssrc") !== "" &&
		// RTCP on the same port (RFC 5761).
		!(Number(field("rtp.p_type")) >= 64 && Number(field("rtp.p_type")) <= 95);
}
