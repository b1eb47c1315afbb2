import { performance } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";
import type { TurnClient } from "./turn-client.js";

const numberBytes = 4;
const lastAnswerBoundMs = 3_000;

/** What came back from the peer behind the relay. */
export interface Echoes {
	/** Payloads that came back just as they were sent, each counted once. */
	readonly intact: number;
	/** Anything else that came back: altered, or once more. */
	readonly wrong: number;
	/** Milliseconds from sending to receiving, ascending. */
	readonly rttMs: readonly number[];
}

/**
 * Sends numbered payloads of growing size (4 bytes and up by one, so that three of four need padding) through the
 * relay to an echo, `everyMs` apart, and waits until all are back or 3 s passed since the last.
 */
export async function echoThrough(
	client: TurnClient,
	peer: number,
	order: {
		readonly by: "indication" | "channel";
		readonly packets: number;
		readonly everyMs: number;
	},
): Promise<Echoes> {
	const sentAtMs = new Map<number, number>();
	const rttMs: number[] = [];
	let wrong = 0;
	let tellAll = () => {};
	const all = new Promise<void>((resolve) => {
		tellAll = resolve;
	});
	client.onData = (payload, by) => {
		const number = payload.length < numberBytes ? -1 : payload.readUInt32BE(0);
		const sent = sentAtMs.get(number);
		if (by !== order.by || sent === undefined || !payload.equals(payloadOf(number))) wrong++;
		else {
			rttMs.push(performance.now() - sent);
			sentAtMs.delete(number);
		}
		if (rttMs.length === order.packets) tellAll();
	};
	for (let number = 0; number < order.packets; number++) {
		sentAtMs.set(number, performance.now());
		if (order.by === "channel") client.sendOnChannel(payloadOf(number));
		else client.indicate(peer, payloadOf(number));
		await pause(order.everyMs);
	}
	const patience = new AbortController();
	await Promise.race([
		all,
		pause(lastAnswerBoundMs, undefined, { signal: patience.signal }).catch(() => {}),
	]);
	patience.abort();
	rttMs.sort((one, other) => one - other);
	return { intact: rttMs.length, wrong, rttMs };
}

/** Nearest rank. @param ascending not empty */
export function percentile(ascending: readonly number[], p: number): number {
	return ascending[Math.ceil((ascending.length * p) / 100) - 1] ?? Number.NaN;
}

function payloadOf(number: number): Buffer {
	const payload = Buffer.alloc(numberBytes + number, number);
	payload.writeUInt32BE(number, 0);
	return payload;
}
