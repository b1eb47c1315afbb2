/**
 * What a received RTP packet costs in livesoak's own code (header, sequence, order, jitter, bytes), without the
 * binding that hands it over; and what it leaves on the heap, which should be nothing.
 *
 * node --expose-gc -e 'import("vite").then((vite) => vite.runnerImport("./test/bench/receive-path.ts"))'
 */
import { performance } from "node:perf_hooks";
import { RtpReader, writeRtpHeader } from "../../src/engine/lite/media/rtp-packet.js";
import { TrackReceiver } from "../../src/engine/lite/media/track-receiver.js";

const tracks = 100;
/** Few enough to lie in the cache, as a packet does that has just come. */
const packetsPerTrack = 64;
const rounds = 300;
const warmUpRounds = 50;
const payloadBytes = 80;

const packets = Array.from({ length: tracks }, (_, track) =>
	Array.from({ length: packetsPerTrack }, (_, n) => packetOf(track, n)),
);
const receivers = packets.map((_, track) => new TrackReceiver({ trackId: `TR_${track}` }));
const rtp = new RtpReader();

const nanoseconds: number[] = [];
let heapBytes = 0;
for (let round = 0; round < rounds; round++) {
	renumber(round);
	if (round === rounds - 1) globalThis.gc?.();
	const heapBefore = process.memoryUsage().heapUsed;
	const startMs = performance.now();
	deliver(round);
	nanoseconds.push(((performance.now() - startMs) * 1e6) / (tracks * packetsPerTrack));
	heapBytes = process.memoryUsage().heapUsed - heapBefore;
}
const sorted = nanoseconds.slice(warmUpRounds).sort((a, b) => a - b);
const figures = [sorted.at(0), sorted.at(sorted.length >> 1), sorted.at(-1)];
const perPacket = heapBytes / (tracks * packetsPerTrack);
const received = receivers.reduce((sum, receiver) => sum + receiver.packetsReceived, 0);
process.stdout.write(
	`receive path, ns/packet (min, median, max of ${sorted.length}): ${figures.map((ns) => ns?.toFixed(0)).join(", ")}\n` +
		`heap, bytes/packet in the last round: ${perPacket.toFixed(2)}; ${received} packets counted\n`,
);

/** The streams go on from round to round. */
function renumber(round: number): void {
	for (const track of packets) {
		for (const [n, packet] of track.entries()) {
			const number = round * packetsPerTrack + n;
			packet.writeUInt16BE(number & 0xffff, 2);
			packet.writeUInt32BE(number * 960, 4);
		}
	}
}

/** Packets of all tracks in turns, as they come from a server. */
function deliver(round: number): void {
	for (let n = 0; n < packetsPerTrack; n++) {
		for (let track = 0; track < tracks; track++) {
			const packet = packets[track]?.[n];
			const receiver = receivers[track];
			if (!packet || !receiver || !rtp.read(packet)) continue;
			receiver.receive(rtp, (round * packetsPerTrack + n) * 20);
		}
	}
}

function packetOf(track: number, n: number): Buffer {
	const packet = Buffer.alloc(20 + payloadBytes);
	writeRtpHeader(packet, {
		marker: n === 0,
		payloadType: 111,
		sequence: n,
		timestamp: n * 960,
		ssrc: track + 1,
		audioLevelId: 1,
		audioLevel: 30,
	});
	return packet;
}
