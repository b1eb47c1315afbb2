import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import getPort from "get-port";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { systemClock } from "../../src/clock/system-clock.js";
import type {
	FromImpairer,
	ImpairerOrder,
	ToImpairer,
} from "../../src/impair/impairer-messages.js";
import { serveImpairer } from "../../src/impair/serve-impairer.js";

/** On Linux all of 127.0.0.0/8 is loopback: four addresses share one port. */
const addresses = { endA: "127.0.7.1", atA: "127.0.7.2", atB: "127.0.7.3", endB: "127.0.7.4" };

let order: ImpairerOrder;
let ends: Record<"a" | "b", Socket>;
let arrived: { at: "a" | "b"; text: string; atMs: number }[];
let ask: (message: ToImpairer) => Promise<FromImpairer>;

beforeEach(async () => {
	const { endA, atA, atB, endB } = addresses;
	const port = await getPort({ host: endA });
	order = { a: { own: atA, end: endA }, b: { own: atB, end: endB }, port, seed: 1 };
	ends = { a: await bound(endA, port), b: await bound(endB, port) };
	arrived = [];
	for (const at of ["a", "b"] as const)
		ends[at].on("message", (datagram) => {
			arrived.push({ at, text: `${datagram}`, atMs: systemClock.nowMs() });
		});
	const answers: ((answer: FromImpairer) => void)[] = [];
	const take = serveImpairer(systemClock, (answer) => answers.shift()?.(answer));
	ask = (message) =>
		new Promise((resolve) => {
			answers.push(resolve);
			take(message);
		});
});

afterEach(async () => {
	await ask({ kind: "stop" });
	for (const socket of Object.values(ends)) socket.close();
});

test("what one end sends comes out at the other, both ways, unharmed", async () => {
	expect(await ask({ kind: "start", order })).toEqual({ kind: "done" });
	ends.a.send("to b", order.port, addresses.atA);
	ends.b.send("to a", order.port, addresses.atB);
	await vi.waitFor(() => expect(arrived).toHaveLength(2));
	expect(new Set(arrived.map(({ at, text }) => `${text} at ${at}`))).toEqual(
		new Set(["to b at b", "to a at a"]),
	);
});

test("each direction is harmed as it is told, and counted", async () => {
	await ask({ kind: "start", order });
	const impair = (message: Omit<Extract<ToImpairer, { kind: "impair" }>, "kind">) =>
		ask({ kind: "impair", ...message });
	await impair({ direction: "aToB", impairment: { delayMs: 40, duplicateRatio: 1 } });
	await impair({ direction: "bToA", impairment: { lossRatio: 1 } });
	const sentAtMs = systemClock.nowMs();
	ends.a.send("twice", order.port, addresses.atA);
	ends.b.send("never", order.port, addresses.atB);
	await vi.waitFor(() => expect(arrived).toHaveLength(2));
	for (const { at, text, atMs } of arrived) {
		expect(`${text} at ${at}`).toBe("twice at b");
		expect(atMs - sentAtMs).toBeGreaterThanOrEqual(40);
	}
	const answer = await ask({ kind: "count" });
	expect(answer).toMatchObject({
		counts: {
			aToB: { received: 1, sent: 2, duplicated: 1, lost: 0, overrun: 0, waiting: 0 },
			bToA: { received: 1, sent: 0, lost: 1 },
		},
	});
});

test("what cannot be is refused with a reason, and the impairer goes on", async () => {
	expect(await ask({ kind: "count" })).toMatchObject({
		sentence: "the impairer has not been started",
	});
	const taken = await bound(addresses.atB, order.port);
	expect(await ask({ kind: "start", order })).toMatchObject({
		sentence: expect.stringContaining("EADDRINUSE"),
	});
	taken.close();
	// The first of its two sockets was given back.
	expect(await ask({ kind: "start", order })).toEqual({ kind: "done" });
	const impairment = { lossRatio: 2 };
	expect(await ask({ kind: "impair", direction: "aToB", impairment })).toMatchObject({
		sentence: "lossRatio: 2, expected from 0 to 1",
	});
	expect(await ask({ kind: "start", order })).toMatchObject({ kind: "refused" });
	ends.a.send("still", order.port, addresses.atA);
	await vi.waitFor(() => expect(arrived.map(({ text }) => text)).toEqual(["still"]));
});

async function bound(address: string, port: number): Promise<Socket> {
	const socket = createSocket("udp4");
	socket.bind(port, address);
	await once(socket, "listening");
	return socket;
}
