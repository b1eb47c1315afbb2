import { setImmediate } from "node:timers/promises";
import { JoinResponse, ParticipantInfo, ServerInfo, SignalResponse } from "@livekit/protocol";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { WebSocketServer } from "ws";
import { ManualClock } from "../../src/clock/manual-clock.js";
import { Ticker } from "../../src/clock/ticker.js";
import type { EngineObserver, EngineParticipant, JoinOrder } from "../../src/engine/engine.js";
import { LiteParticipant } from "../../src/engine/lite/lite-participant.js";
import { NativeParticipant } from "../../src/engine/native/native-participant.js";

/** In virtual time: shorter than every bound that the engines have of their own. */
const leaveWithinMs = 300;
const startMs = 1_000_000;
const observer: EngineObserver = {
	onStage: () => {},
	onWelcome: () => {},
	onReconnecting: () => {},
	onReconnected: () => {},
	onDisconnected: () => {},
};

let clock: ManualClock;
beforeEach(() => {
	clock = new ManualClock(startMs);
});

function orderTo(url: string): JoinOrder {
	return {
		...{ url, token: "a token", identity: "one", icePolicy: "direct", iceServers: [] },
		...{ tlsInsecure: false, media: true, mediaZeroAtMs: startMs, dtx: false, subscribe: "all" },
		...{ leaveWithinMs, signal: new AbortController().signal },
	};
}

/** `timeouts.leave` of the scenario: given up then, and not before. */
async function expectBounded(participant: EngineParticipant): Promise<void> {
	let hasLeft = false;
	const left = participant.leave().then(() => {
		hasLeft = true;
	});
	await clock.advanceTo(startMs + leaveWithinMs - 1);
	// What needs no clock would be through by now.
	for (let turn = 0; turn < 100; turn++) await setImmediate();
	expect(hasLeft).toBe(false);
	await clock.advanceTo(startMs + leaveWithinMs);
	for (let turn = 0; turn < 10 && !hasLeft; turn++) await setImmediate();
	expect(hasLeft).toBe(true);
	await left;
}

describe("light engine", () => {
	let server: WebSocketServer;
	afterEach(() => {
		for (const client of server.clients) client.terminate();
		server.close();
	});

	test("a server that does not answer the leave is given up", async () => {
		server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
		server.on("connection", (socket) => {
			const value = new JoinResponse({
				participant: new ParticipantInfo({ sid: "PA_one" }),
				serverInfo: new ServerInfo({ version: "1.13.5" }),
				subscriberPrimary: true,
			});
			socket.send(new SignalResponse({ message: { case: "join", value } }).toBinary());
			// Deaf from here on, to the closing of the socket too.
			socket.pause();
		});
		await new Promise((resolve) => server.once("listening", resolve));
		const address = server.address();
		if (address === null || typeof address === "string") throw new Error("no TCP address");
		const participant = new LiteParticipant(orderTo(`ws://127.0.0.1:${address.port}`), observer, {
			...{ clock, ticker: new Ticker(clock, 10, () => {}), version: "0.0.0", number: 0 },
			...{ turn: undefined, relayProtocol: "udp", tape: undefined },
		});
		await participant.signal.join();
		await expectBounded(participant);
	});
});

describe("native engine", () => {
	test("an rtc-node that does not answer is given up", async () => {
		const onLeft = vi.fn();
		const participant = new NativeParticipant(orderTo("ws://127.0.0.1:1"), observer, {
			...{ clock, ticker: new Ticker(clock, 10, () => {}), relayIsBridged: false },
			...{ sidByMid: () => ({}), onLeft },
		});
		vi.spyOn(participant.room, "disconnect").mockReturnValue(new Promise(() => {}));
		await expectBounded(participant);
		expect(onLeft).toHaveBeenCalledOnce();
	});
});
