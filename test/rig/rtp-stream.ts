import type { CapturedRtp } from "./capture.js";

/** What a capture says of one SSRC on its way to one address. Written apart from src/sample, to check it. */
export interface RtpStream {
	readonly key: string;
	readonly packets: readonly CapturedRtp[];
	/** Extended sequence numbers, in order of arrival; the first is below 2^16. */
	readonly sequences: readonly number[];
	/** RFC 3550 A.3: highest minus first plus one, less what arrived. */
	readonly lost: number;
	/** RFC 3550 6.4.1 in milliseconds, after each packet. */
	readonly jitters: readonly number[];
}

const clockRateKhz = 48;

export function rtpStreams(packets: readonly CapturedRtp[]): RtpStream[] {
	const byKey = new Map<string, CapturedRtp[]>();
	for (const packet of packets) {
		const key = `${packet.ssrc} to ${packet.to}`;
		const own = byKey.get(key);
		if (own) own.push(packet);
		else byKey.set(key, [packet]);
	}
	return [...byKey].map(([key, own]) => {
		const sequences = extended(own.map(({ sequence }) => sequence));
		const expected = Math.max(...sequences) - (sequences[0] ?? 0) + 1;
		return { key, packets: own, sequences, lost: expected - own.length, jitters: jitters(own) };
	});
}

/** Each number is taken as the one nearest to its predecessor (RFC 1982). */
function extended(sequences: readonly number[]): number[] {
	let last = sequences[0] ?? 0;
	return sequences.map((sequence) => {
		last += Number(BigInt.asIntN(16, BigInt(sequence - last)));
		return last;
	});
}

function jitters(packets: readonly CapturedRtp[]): number[] {
	let jitter = 0;
	return packets.map((packet, n) => {
		const before = packets[n - 1];
		if (before === undefined) return jitter;
		const rtpMs = BigInt.asIntN(32, BigInt(packet.timestamp - before.timestamp));
		const difference = packet.atMs - before.atMs - Number(rtpMs) / clockRateKhz;
		jitter += (Math.abs(difference) - jitter) / 16;
		return jitter;
	});
}
