import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { afterEach, expect, test } from "vitest";
import { systemClock } from "../../../../../src/clock/system-clock.js";
import { Ticker } from "../../../../../src/clock/ticker.js";
import { MediaPath } from "../../../../../src/engine/lite/path/media-path.js";

const address = "127.0.0.1";
const closers: (() => void)[] = [];
afterEach(() => {
	for (const close of closers.splice(0)) close();
});

async function openSocket(): Promise<{ socket: Socket; port: number; got: [string, number][] }> {
	const socket = createSocket("udp4");
	closers.push(() => socket.close());
	const got: [string, number][] = [];
	socket.on("message", (datagram, from) => got.push([datagram.toString("hex"), from.port]));
	socket.bind(0, address);
	await once(socket, "listening");
	return { socket, port: socket.address().port, got };
}

function openPath(): { path: MediaPath; port: number } {
	const path = new MediaPath({
		...{ clock: systemClock, ticker: new Ticker(systemClock, 10, () => {}) },
		...{ toLoopback: true, isUrgent: true },
		...{ onRtp: () => true, onCheckAnswered: () => {}, onDtlsFinished: () => {} },
	});
	closers.push(() => path.close());
	const candidate = path.hostCandidates().find((one) => one.address === address);
	return { path, port: candidate?.port ?? 0 };
}

/** A STUN binding request, by its first bytes. */
const check = "0001";

test("a check of the server's reaches a library that has nobody to send to, and gets its answer back", async () => {
	const [server, library] = [await openSocket(), await openSocket()];
	const { path, port } = openPath();
	path.libraryPort = library.port;

	server.socket.send(Buffer.from(check, "hex"), port, address);
	await expect.poll(() => library.got.map(([datagram]) => datagram)).toEqual([check]);
	library.socket.send(Buffer.from("0101", "hex"), library.got[0]?.[1] ?? 0, address);
	await expect.poll(() => server.got).toEqual([["0101", port]]);
});

test("the library is not told a candidate whose check it has had: it could nominate neither of the two pairs", async () => {
	const [server, library] = [await openSocket(), await openSocket()];
	const { path, port } = openPath();
	path.libraryPort = library.port;

	server.socket.send(Buffer.from(check, "hex"), port, address);
	await expect.poll(() => library.got.length).toBe(1);
	expect(path.portFor({ address, port: server.port })).toBeUndefined();
});

test("a candidate that was told first stands for one port, however often it is told", async () => {
	const [server, library] = [await openSocket(), await openSocket()];
	const { path, port } = openPath();
	path.libraryPort = library.port;
	const inner = path.portFor({ address, port: server.port });

	server.socket.send(Buffer.from(check, "hex"), port, address);
	await expect.poll(() => library.got).toEqual([[check, inner]]);
	expect(path.portFor({ address, port: server.port })).toBe(inner);
});
