import { createSocket } from "node:dgram";
import { once } from "node:events";
import { afterEach, expect, test } from "vitest";
import { systemClock } from "../../../../../src/clock/system-clock.js";
import type { Ticker } from "../../../../../src/clock/ticker.js";
import { BatchSocket } from "../../../../../src/engine/lite/path/batch-socket.js";
import { loadLibc } from "../../../../../src/engine/lite/path/libc.js";
import {
	readSocketAddress,
	writeSocketAddress,
} from "../../../../../src/engine/lite/path/socket-address.js";

const isLinux = process.platform === "linux" && ["x64", "arm64"].includes(process.arch);

const closers: (() => void)[] = [];
afterEach(() => {
	for (const close of closers.splice(0)) close();
});

function libc() {
	const loaded = loadLibc();
	if (!loaded) throw new Error("every declaration must load on Linux");
	return loaded;
}

test.runIf(isLinux).each([
	[4, "127.0.0.1"],
	[6, "::1"],
] as const)(
	"IPv%i: by events until settled, then all that came at one tick, each with its sender and time",
	async (family, address) => {
		const ticks = new Set<(nowMs: number) => void>();
		const ticker = {
			add(task: (nowMs: number) => void) {
				ticks.add(task);
				return () => ticks.delete(task);
			},
		} as unknown as Ticker;
		const got: { text: string; from: string; port: number; arrivalMs: number }[] = [];
		const socket = new BatchSocket(
			...([libc(), family, address, { clock: systemClock, ticker }] as const),
			(datagram, from, port, arrivalMs) =>
				got.push({ text: datagram.toString(), from, port, arrivalMs }),
		);
		closers.push(() => socket.close());
		const other = createSocket(family === 6 ? "udp6" : "udp4");
		closers.push(() => other.close());
		other.bind(0, address);
		await once(other, "listening");
		const { port } = other.address();
		const heard: string[] = [];
		other.on("message", (datagram) => heard.push(datagram.toString()));
		const send = (text: string) =>
			new Promise((resolve) => other.send(text, socket.port, address, resolve));

		await send("hello");
		await expect.poll(() => got.length).toBe(1);
		socket.send(Buffer.from("before"), address, port);
		await expect.poll(() => heard).toEqual(["before"]);

		socket.settle();
		const beforeMs = systemClock.nowMs();
		for (let n = 0; n < 200; n++) await send(`media ${n}`);
		const sentMs = systemClock.nowMs();
		expect(got).toHaveLength(1);
		for (const tick of ticks) tick(0);
		expect(got.slice(1).map(({ text }) => text)).toEqual(
			Array.from({ length: 200 }, (_, n) => `media ${n}`),
		);
		for (const { from, port: fromPort, arrivalMs } of got.slice(1)) {
			expect([from, fromPort]).toEqual([address, port]);
			// The kernel's clock and ours are two: they may differ by a little.
			expect(arrivalMs).toBeGreaterThan(beforeMs - 5);
			expect(arrivalMs).toBeLessThan(sentMs + 5);
		}
		socket.send(Buffer.from("after"), address, port);
		await expect.poll(() => heard).toEqual(["before", "after"]);
		socket.close();
		closers.shift();
		expect(ticks.size).toBe(0);
	},
);

test.runIf(isLinux).each([
	["127.0.0.1", 1],
	["203.0.113.255", 65_535],
	["2001:db8::1", 7882],
	["::1", 3478],
])("the socket address of %s is read as it was written", (address, port) => {
	expect(readSocketAddress(writeSocketAddress(libc(), { address, port }), 0)).toEqual({
		address,
		port,
	});
});
