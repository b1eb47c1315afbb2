import { RoomUpdate } from "@livekit/protocol";
import { describe, expect, test } from "vitest";
import { Drive, joinResponse, pongTo } from "./drive.js";

const update = { case: "roomUpdate" as const, value: new RoomUpdate() };

describe("ping and pong", () => {
	test("pings at the server's interval and measures the round trip", () => {
		const drive = new Drive().joined({ pingInterval: 7 });
		expect(drive.pass(6_999)).toEqual([]);
		expect(drive.pass(1)).toEqual(["send pingReq"]);
		const sentAtMs = drive.nowMs;
		drive.pass(12.5);
		expect(drive.response(pongTo(sentAtMs))).toEqual(["pong 12.5"]);
		expect(drive.response(pongTo(sentAtMs - 7_000))).toEqual([]);
	});

	test("the round trip is told to the server with the next ping", () => {
		const drive = new Drive().joined();
		drive.pass(5_000);
		const sentAtMs = drive.nowMs;
		drive.pass(20);
		drive.response(pongTo(sentAtMs));
		drive.pass(5_000);
		const last = drive.effects.at(-1);
		expect(last).toMatchObject({ request: { message: { case: "pingReq", value: { rtt: 20n } } } });
	});

	test("a server that names no times gets livekit-server's own", () => {
		const drive = new Drive().joined(joinResponse({ pingInterval: 0, pingTimeout: 0 }));
		expect(drive.state.session).toMatchObject({ pingIntervalMs: 5_000, pingTimeoutMs: 15_000 });
	});

	test("a silent server is lost after its timeout and resumed", () => {
		const drive = new Drive().joined();
		expect(drive.pass(15_999)).toEqual(["send pingReq", "send pingReq", "send pingReq"]);
		expect(drive.pass(1)).toEqual(["close", "reconnecting resume", "open resume PA_one"]);
	});

	test("any message shows that the server is there", () => {
		const drive = new Drive().joined();
		for (let times = 0; times < 10; times++) {
			drive.pass(14_000);
			drive.response(update);
		}
		expect(drive.state.phase.name).toBe("joined");
	});

	test.each([15_400, 16_500, 60_000])(
		"after a stall of our own of %d ms what lies in the socket is read before silence is believed",
		(stallMs) => {
			const drive = new Drive().joined();
			drive.nowMs += stallMs;
			drive.step({ kind: "time" });
			expect(drive.state.phase.name).toBe("joined");
			drive.response(update);
			drive.pass(14_000);
			expect(drive.state.phase.name).toBe("joined");
		},
	);

	test("after a stall one ping goes out, not one for each that was missed", () => {
		const drive = new Drive().joined();
		drive.nowMs += 14_000;
		expect(drive.step({ kind: "time" })).toEqual(["send pingReq"]);
		expect(drive.pass(900)).toEqual([]);
	});
});
