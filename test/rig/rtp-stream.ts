import type { CapturedRtp } from "./capture.js";

/** What a capture says of one SSRC on its way to one address. Written apart from src/sample, to check it. */
export interface RtpStream {
	readonly key: string;
	readonly packets: readonly CapturedRtp[];
	/** Extended sequence numbers, in order of arrival; the first is below 2^16. */
	readonly sequences: readonly number[];
	/** Packets without their copies: what SRTP lets through (RFC 3711 3.3.2, replay protection). */
	readonly distinct: number;
	/** Of the distinct ones, those that came after a higher number. */
	readonly reordered: number;
	/** RFC 3550 A.3: highest minus first plus one, less the distinct ones that arrived. */
	readonly lost: number;
	/** RFC 3550 6.4.1 in milliseconds, after each packet; a copy changes nothing. */
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
		const isCopy = copies(sequences);
		const distinct = sequences.filter((_, n) => !isCopy[n]);
		const expected = Math.max(...distinct) - Math.min(...distinct) + 1;
		return {
			...{ key, packets: own, sequences, distinct: distinct.length },
			reordered: distinct.filter((sequence, n) => sequence < Math.max(...distinct.slice(0, n)))
				.length,
			lost: expected - distinct.length,
			jitters: jitters(own, isCopy),
		};
	});
}

function copies(sequences: readonly number[]): boolean[] {
	const seen = new Set<number>();
	return sequences.map((sequence) => seen.size === seen.add(sequence).size);
}

/** Each number is taken as the one nearest to its predecessor (RFC 1982). */
function extended(sequences: readonly number[]): number[] {
	let last = sequences[0] ?? 0;
	return sequences.map((sequence) => {
		last += Number(BigInt.asIntN(16, BigInt(sequence - last)));
		return last;
	});
}

function jitters(packets: readonly CapturedRtp[], isCopy: readonly boolean[]): number[] {
	let jitter = 0;
	let before: CapturedRtp | undefined;
	return packets.map((packet, n) => {
		if (isCopy[n]) return jitter;
		if (before !== undefined) {
			const rtpMs = BigInt.asIntN(32, BigInt(packet.timestamp - before.timestamp));
			const difference = packet.atMs - before.atMs - Number(rtpMs) / clockRateKhz;
			jitter += (Math.abs(difference) - jitter) / 16;
		}
		before = packet;
		return jitter;
	});
}
