import type { Track } from "node-datachannel";
import { expect, test } from "vitest";
import { ManualClock } from "../../../../src/clock/manual-clock.js";
import { Ticker } from "../../../../src/clock/ticker.js";
import { writeRtpHeader } from "../../../../src/engine/lite/media/rtp-packet.js";
import { Subscriptions } from "../../../../src/engine/lite/subscriptions.js";

const ssrc = 77;
const payloadBytes = 20;
const tagBytes = 10;

/** What libdatachannel tells of a track: each packet that it has decrypted. */
class FakeTrack {
	#onMessage = (_packet: Buffer) => {};
	#onClosed = () => {};
	onMessage(listener: (packet: Buffer) => void): void {
		this.#onMessage = listener;
	}
	onClosed(listener: () => void): void {
		this.#onClosed = listener;
	}
	decrypts(sequence: number, of = ssrc): void {
		this.#onMessage(packet(sequence, of, payloadBytes));
	}
	closes(): void {
		this.#onClosed();
	}
	get asTrack(): Track {
		return this as unknown as Track;
	}
}

function packet(sequence: number, of: number, bytes: number): Buffer {
	const buffer = Buffer.alloc(12 + bytes);
	writeRtpHeader(buffer, {
		...{ marker: false, payloadType: 111, sequence, timestamp: sequence * 960, ssrc: of },
		...{ audioLevelId: 0, audioLevel: 0 },
	});
	return buffer;
}

function subscriptions() {
	const clock = new ManualClock();
	const all = new Subscriptions({
		...{ clock, ticker: new Ticker(clock, 20, () => {}), limit: "all" },
		...{ onFirstReceived: () => {}, subscribe: () => {} },
	});
	const comes = (sequence: number, of = ssrc) =>
		all.onEncrypted(packet(sequence, of, payloadBytes + tagBytes), sequence * 20);
	return { all, comes };
}

test("packets between the offer and libdatachannel's word of the track are counted, and none is decrypted unasked", () => {
	const { all, comes } = subscriptions();
	const track = new FakeTrack();
	all.announce(new Map([["TR_1", [ssrc]]]));
	expect([1, 2, 3].map((sequence) => comes(sequence))).toEqual([true, false, false]);
	all.onTrack(track.asTrack, "TR_1");
	expect([4, 5].map((sequence) => comes(sequence))).toEqual([false, false]);
	// It keeps what came before somebody listened.
	track.decrypts(1);
	expect(all.totals()).toMatchObject([
		{
			...{ packetsReceived: 5, packetsLost: 0, bytesReceived: 5 * payloadBytes },
			...{ disorder: { reordered: 0, duplicated: 0 }, decryption: { sampled: 1, succeeded: 1 } },
		},
	]);
});

test("no more packets are told as decrypted than were sampled, whatever libdatachannel hands over", () => {
	const { all, comes } = subscriptions();
	const track = new FakeTrack();
	all.announce(new Map([["TR_1", [ssrc]]]));
	all.onTrack(track.asTrack, "TR_1");
	for (let sequence = 1; sequence <= 60; sequence++) comes(sequence);
	for (let sequence = 1; sequence <= 60; sequence++) track.decrypts(sequence);
	for (const sequence of [1, 50]) track.decrypts(sequence);
	expect(all.totals()).toMatchObject([
		{ packetsReceived: 60, decryption: { sampled: 2, succeeded: 2 } },
	]);
});

test("a sample that is decrypted after its track has ended is no copy", () => {
	const { all, comes } = subscriptions();
	const track = new FakeTrack();
	all.announce(new Map([["TR_1", [ssrc]]]));
	all.onTrack(track.asTrack, "TR_1");
	comes(1);
	track.closes();
	track.decrypts(1);
	expect(all.totals()).toMatchObject([
		{ packetsReceived: 1, disorder: { duplicated: 0 }, decryption: { sampled: 1, succeeded: 1 } },
	]);
});

test("a track that comes again in a restarted session has totals of its own", () => {
	const { all, comes } = subscriptions();
	const [first, second] = [new FakeTrack(), new FakeTrack()];
	all.announce(new Map([["TR_1", [ssrc]]]));
	all.onTrack(first.asTrack, "TR_1");
	comes(1);
	all.announce(new Map([["TR_1", [ssrc + 1]]]));
	all.onTrack(second.asTrack, "TR_1");
	for (const sequence of [1, 2]) comes(sequence, ssrc + 1);
	const totals = all.totals();
	expect(totals.map(({ packetsReceived }) => packetsReceived)).toEqual([1, 2]);
	expect(new Set(totals.map(({ trackId }) => trackId)).size).toBe(2);
});

test("what the server announced and took back is told once, what never came not at all", () => {
	const { all, comes } = subscriptions();
	all.announce(
		new Map([
			["TR_1", [ssrc]],
			["TR_2", [ssrc + 1]],
		]),
	);
	comes(1);
	expect(all.totals().length).toBe(1);
	all.announce(new Map());
	expect(
		all
			.totals()
			.map(({ packetsReceived }) => packetsReceived)
			.sort(),
	).toEqual([0, 1]);
	expect(all.totals()).toEqual([]);
});

test("a packet of an SSRC that was never announced is counted once it has been decrypted", () => {
	const { all, comes } = subscriptions();
	const track = new FakeTrack();
	all.onTrack(track.asTrack, "TR_1");
	expect([1, 2].map((sequence) => comes(sequence))).toEqual([true, true]);
	track.decrypts(1);
	track.decrypts(2);
	expect(all.totals()).toMatchObject([{ packetsReceived: 2, bytesReceived: 2 * payloadBytes }]);
});
