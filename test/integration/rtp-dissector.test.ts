import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { afterAll, describe, expect, it } from "vitest";
import { OpusTapes } from "../../src/audio/opus-tapes.js";
import { toneSource } from "../../src/audio/tone.js";
import { PublisherStream } from "../../src/engine/lite/media/publisher-stream.js";
import { goodbye, isRtcp, receiverReport } from "../../src/engine/lite/media/rtcp.js";
import { RtpReader } from "../../src/engine/lite/media/rtp-packet.js";
import { TrackReceiver } from "../../src/engine/lite/media/track-receiver.js";

interface Captured {
	readonly atMs: number;
	readonly packet: Buffer;
}

const hasTshark = ["tshark", "text2pcap"].every((tool) => spawnSync(tool, ["-v"]).status === 0);
const folder = mkdtempSync(join(tmpdir(), "livesoak-dissector-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Wireshark as the judge: what livesoak writes and counts is what others read and count. */
describe.skipIf(!hasTshark)("Wireshark's dissector", () => {
	it("reads each RTP packet as it was meant, with its audio level", () => {
		const { rtp } = publish(2000);
		const reader = new RtpReader();
		const fields = ["rtp.ssrc", "rtp.p_type", "rtp.marker", "rtp.seq", "rtp.timestamp"];
		const rows = dissect(rtp, "rtp", [
			...fields,
			"rtp.ext.rfc5285.id",
			"rtp.ext.rfc5285.data",
			"rtp.payload",
		]);
		expect(rows).toEqual(
			rtp.map(({ packet }) => {
				reader.read(packet);
				return [
					`0x${reader.ssrc.toString(16).padStart(8, "0")}`,
					`${reader.payloadType}`,
					reader.marker ? "1" : "0",
					`${reader.sequence}`,
					`${reader.timestamp}`,
					"5",
					// −15 dBov with the voice bit.
					"8f",
					packet.subarray(reader.payloadOffset).toString("hex"),
				];
			}),
		);
	});

	it("reads the sender reports and finds no wrong length", () => {
		const { rtcp, stream } = publish(4000);
		expect(rtcp).toHaveLength(1);
		const [row] = dissect(rtcp, "rtcp", [
			"rtcp.pt",
			"rtcp.senderssrc",
			"rtcp.timestamp.ntp",
			"rtcp.sender.packetcount",
			"rtcp.sdes.text",
			"rtcp.length_check",
		]);
		// 2.5 s after the start, at the tick at which it was due: 126 frames, with the first at 0 ms.
		expect(row).toEqual([
			"200,202",
			"0x12345678",
			expect.stringMatching(/Nov 14, 2023 22:13:22\.5\d+ UTC/),
			"126",
			"livesoak-1",
			"1",
		]);
		expect(stream.packetsSent).toBe(201);
	});

	it("reads a receiver report and a goodbye", () => {
		const block = {
			ssrc: 0xabcdef01,
			fractionLost: 0.25,
			packetsLost: -3,
			highestSequence: 0x00020005,
			jitter: 480,
			lastSr: 0x11223344,
			delaySinceLastSr: 65_536,
		};
		const report = receiverReport({ ssrc: 7, blocks: [block, { ...block, ssrc: 9 }], cname: "c" });
		const packet = Buffer.concat([report, goodbye(7, "c")]);
		const [row] = dissect([{ atMs: 0, packet }], "rtcp", [
			"rtcp.pt",
			"rtcp.ssrc.fraction",
			"rtcp.ssrc.cum_nr",
			"rtcp.ssrc.high_seq",
			"rtcp.ssrc.high_cycles",
			"rtcp.ssrc.jitter",
			"rtcp.ssrc.lsr",
			"rtcp.ssrc.dlsr",
			"rtcp.length_check",
		]);
		expect(row).toEqual([
			"201,202,201,202,203",
			"64,64",
			"-3,-3",
			"5,5",
			"2,2",
			"480,480",
			`${0x11223344},${0x11223344}`,
			"65536,65536",
			"1",
		]);
	});

	it("counts the same loss and the same jitter in a stream that was lost in part and delayed", () => {
		const generator = xoroshiro128plus(42);
		const random = () => uniformFloat64(generator);
		const { rtp } = publish(20_000);
		const arrived = rtp
			.filter((_, n) => n === 0 || n === rtp.length - 1 || random() >= 0.05)
			.map(({ atMs, packet }) => ({
				packet,
				atMs: Math.round((atMs + 15 * random()) * 1000) / 1000,
			}))
			.sort((a, b) => a.atMs - b.atMs);

		const receiver = new TrackReceiver({ trackId: "TR_1" });
		const reader = new RtpReader();
		const jitters = arrived.map(({ packet, atMs }) => {
			expect(reader.read(packet)).toBe(true);
			receiver.receive(reader, atMs);
			return receiver.totals().jitterMs;
		});
		const stream = rtpStream(arrived.map(asPcmu));
		expect(stream.packets).toBe(receiver.totals().packetsReceived);
		expect(stream.lost).toBe(receiver.totals().packetsLost);
		expect(receiver.totals().packetsLost).toBeGreaterThan(20);
		const meanJitterMs = jitters.reduce((sum, jitter) => sum + jitter, 0) / jitters.length;
		expect(stream.meanJitterMs).toBeCloseTo(meanJitterMs, 1);
		expect(stream.maxJitterMs).toBeCloseTo(Math.max(...jitters), 1);
	});
});

/** The packets of a publisher who begins on 14 November 2023 at 22:13:20 UTC, ticked every 20 ms. */
function publish(durationMs: number) {
	const startMs = 1_700_000_000_000;
	const rtp: Captured[] = [];
	const rtcp: Captured[] = [];
	let nowMs = startMs;
	const stream = new PublisherStream({
		tape: new OpusTapes().tapeFor(toneSource(), false),
		ssrc: 0x12345678,
		cname: "livesoak-1",
		payloadType: 111,
		audioLevelId: 5,
		startMs,
		mediaZeroAtMs: startMs,
		phaseMs: 0,
		random: () => 0.5,
		send: (packet) =>
			(isRtcp(packet) ? rtcp : rtp).push({ atMs: nowMs, packet: Buffer.from(packet) }),
	});
	for (; nowMs <= startMs + durationMs; nowMs += 20) stream.tick(nowMs);
	return { rtp, rtcp, stream };
}

let captures = 0;

/** @returns the path of a capture file with each packet in UDP to port 5002 */
function capture(packets: readonly Captured[]): string {
	const path = join(folder, `${++captures}`);
	const lines = packets.map(({ atMs, packet }) => {
		const bytes = packet.toString("hex").replace(/../g, " $&");
		return `${(atMs / 1000).toFixed(6)}\n000000${bytes}\n`;
	});
	writeFileSync(`${path}.txt`, lines.join(""));
	execFileSync("text2pcap", ["-t", "%s.%f", "-u", "5000,5002", `${path}.txt`, `${path}.pcap`], {
		stdio: "ignore",
	});
	return `${path}.pcap`;
}

const flags: Readonly<Record<string, string>> = { True: "1", False: "0" };

/** One row of the wanted fields for each packet; a field that occurs more often is joined by commas. */
function dissect(
	packets: readonly Captured[],
	protocol: "rtp" | "rtcp",
	fields: readonly string[],
): string[][] {
	const wanted = fields.flatMap((field) => ["-e", field]);
	const how = ["-d", `udp.port==5002,${protocol}`, "-T", "fields", "-E", "separator=|"];
	return (
		tshark(["-r", capture(packets), ...how, ...wanted])
			.trimEnd()
			.split("\n")
			// Wireshark before 4.2 writes flags as digits.
			.map((line) => line.split("|").map((value) => flags[value] ?? value))
	);
}

/** What Wireshark's RTP stream analysis says of the one stream in the capture. */
function rtpStream(packets: readonly Captured[]) {
	const how = ["-d", "udp.port==5002,rtp", "-q", "-z", "rtp,streams"];
	const table = tshark(["-r", capture(packets), ...how]);
	const row = table.split("\n").find((line) => line.includes("0x12345678")) ?? "";
	const figures = /\s(\d+)\s+(-?\d+) \([^)]*\)((?:\s+[\d.]+)+)/.exec(row);
	if (!figures) throw new Error(`no figures in:\n${table}`);
	const times = (figures[3] ?? "").trim().split(/\s+/).map(Number);
	// Delta and jitter, each as least, mean, most.
	return {
		packets: Number(figures[1]),
		lost: Number(figures[2]),
		meanJitterMs: times[4] ?? Number.NaN,
		maxJitterMs: times[5] ?? Number.NaN,
	};
}

/** Wireshark reckons jitter only where it knows the clock rate: the same stream as PCMU, at 8 kHz. */
function asPcmu({ atMs, packet }: Captured): Captured {
	const copy = Buffer.from(packet);
	copy[1] = (packet[1] ?? 0) & 0x80;
	copy.writeUInt32BE(Math.floor(packet.readUInt32BE(4) / 6), 4);
	return { atMs, packet: copy };
}

function tshark(args: readonly string[]): string {
	return execFileSync("tshark", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
}
