import { createCipheriv, createHmac } from "node:crypto";
import type { Offer } from "../offer.js";
import type { Machine } from "./machine.js";

export type Capacity = Offer["capacity"];

/**
 * What one core of the reference machine holds with a valid run, from docs/bench.md with a margin: 400 light
 * participants took 102 % of a core; 15 native ones took 43 % of one.
 */
const perReferenceCore: Capacity = { lite: 300, native: 25 };
/** The time of `packetCostMicros` there: the best of many readings. */
const referenceMicros = 4.9;

/** What a worker process takes before anybody is in it, what a participant adds (docs/bench.md), and what is left to others. */
const workerBytes = 110e6;
const participantBytes: Capacity = { lite: 1.5e6, native: 15e6 };
const usableMemory = 0.8;

const rounds = 100;
const packetsARound = 300;
/** 20 ms of Opus and the RTP header, of which SRTP encrypts the first and authenticates both. */
const headerBytes = 12;
const payloadBytes = 80;

/**
 * What one packet costs on one core: encrypted and authenticated as SRTP does it (AES-128 in counter mode,
 * HMAC-SHA1; RFC 3711), by the same way from JavaScript to native code and back as each packet of a light
 * participant. The best of many short rounds, so that a neighbour on the machine does not make it look slow. Takes
 * about a quarter of a second.
 * @param nowMs a monotonic clock
 */
export function packetCostMicros(nowMs: () => number): number {
	const key = Buffer.alloc(16, 7);
	const packet = Buffer.alloc(headerBytes + payloadBytes, 42);
	let bestMs = Number.POSITIVE_INFINITY;
	for (let round = 0; round < rounds; round++) {
		const beganMs = nowMs();
		for (let n = 0; n < packetsARound; n++) {
			const counter = Buffer.alloc(16);
			counter.writeUInt32BE(n, 8);
			const cipher = createCipheriv("aes-128-ctr", key, counter);
			const encrypted = cipher.update(packet.subarray(headerBytes));
			createHmac("sha1", key).update(packet.subarray(0, headerBytes)).update(encrypted).digest();
		}
		bestMs = Math.min(bestMs, nowMs() - beganMs);
	}
	return (bestMs / packetsARound) * 1_000;
}

/**
 * How many participants of one engine alone the machine holds: by its CPUs, as fast as they proved against the
 * reference, and by its memory, whichever is less. At least one of each.
 */
export function capacityOf({ cpus, memoryBytes }: Machine, costMicros: number): Capacity {
	const speed = referenceMicros / costMicros;
	const memory = memoryBytes * usableMemory - Math.max(1, cpus) * workerBytes;
	const of = (engine: keyof Capacity) =>
		Math.max(
			1,
			Math.floor(
				Math.min(cpus * speed * perReferenceCore[engine], memory / participantBytes[engine]),
			),
		);
	return { lite: of("lite"), native: of("native") };
}
