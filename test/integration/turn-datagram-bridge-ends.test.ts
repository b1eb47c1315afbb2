import { expect, test, vi } from "vitest";
import { ManualClock } from "../../src/clock/manual-clock.js";
import { bridgeAddress } from "../../src/turn/bind-loopback.js";
import { requirePart } from "../rig/real-parts.js";
import { TurnClient } from "../rig/turn-client.js";
import { bridgeTo, credentialsFor, withBridgedCoturn } from "../rig/turn-datagram-bridge.js";

requirePart("coturn", "openssl")("a client that goes", () => {
	const { turn, serverOf, clientAt } = withBridgedCoturn();

	test("a client that goes without a word: its connection and its allocation end", async () => {
		const bridge = await bridgeTo(serverOf("tcp"));
		const client = await clientAt(bridge, "gone-silently");
		await client.allocate();
		expect(bridge.stats().clients).toBe(1);
		await client.close();
		await vi.waitFor(() => expect(bridge.stats().clients).toBe(0), { timeout: 10_000 });
		await vi.waitFor(async () =>
			expect(await turn().log()).toMatch(
				/remote 127\.0\.0\.1:\d+, reason: TCP connection closed by client[^\n]*\n[^\n]*delete: [^\n]*gone-silently/,
			),
		);
		expect(bridge.stats().connections.lost).toBe(0);
	});

	test("a client that gets the port of one that has gone gets a connection of its own", async () => {
		const bridge = await bridgeTo(serverOf("tcp"));
		const first = await clientAt(bridge, "first");
		await first.allocate();
		const { port } = first;
		await first.close();
		const second = await clientAt(bridge, "second", port);
		expect(await second.allocate()).toBeGreaterThan(0);
		expect(bridge.stats().connections).toEqual({ opened: 2, failed: 0, lost: 0 });
	});

	test("idle clients end after a minute, those that gave their allocation back after 2 s", async () => {
		const clock = new ManualClock();
		const bridge = await bridgeTo({ ...serverOf("tcp"), clock });
		const idle = await clientAt(bridge, "idle");
		const leaving = await clientAt(bridge, "leaving");
		await idle.allocate();
		await leaving.allocate();
		await leaving.refresh(0);
		await advance(clock, 4_000);
		expect(bridge.stats().clients).toBe(1);
		await advance(clock, 59_000);
		expect(bridge.stats().clients).toBe(1);
		await advance(clock, 63_000);
		expect(bridge.stats()).toMatchObject({ clients: 0, connections: { lost: 0 } });
	});

	test.each([
		["that goes without a word", false],
		["of a bridge that closes", true],
	])("over UDP the allocation of a client %s is given back in its name", async (_name, closes) => {
		const name = closes ? "closed-udp" : "silent-udp";
		const { username, password } = credentialsFor(turn().secret, name);
		const passwordOf = (asked: string) => (asked.endsWith(`:${name}`) ? password : undefined);
		const bridge = await bridgeTo({ ...serverOf("udp"), passwordOf });
		const client = await TurnClient.open(
			{ address: bridgeAddress, port: bridge.port },
			{ username, password },
		);
		await client.allocate();
		await client.close();
		if (closes) await bridge.close();
		else await vi.waitFor(() => expect(bridge.stats().clients).toBe(0), { timeout: 10_000 });
		await vi.waitFor(
			async () => {
				const log = await turn().log();
				expect(log).toMatch(
					new RegExp(`user <${username}>: incoming packet REFRESH processed, success`),
				);
				expect(log).toMatch(new RegExp(`delete: realm=<livesoak.test>, username=<${username}>`));
			},
			{ timeout: 10_000 },
		);
	});
});

/** Steps of less than a second, each with what the bridge reads from the system in between. */
async function advance(clock: ManualClock, untilMs: number): Promise<void> {
	while (clock.nowMs() < untilMs) {
		await vi.waitFor(() => expect(clock.sleeping).toBe(1));
		await clock.advanceTo(Math.min(untilMs, clock.nowMs() + 900));
	}
	await vi.waitFor(() => expect(clock.sleeping).toBe(1));
}
