import { AddTrackRequest, ReconnectReason, SignalRequest } from "@livekit/protocol";
import { describe, expect, test } from "vitest";
import { Drive, joinResponse, noResume, reconnectMessage, told } from "./drive.js";

const lost = { kind: "closed", detail: "the WebSocket closed with code 1006" } as const;
const refused = {
	kind: "open-failed",
	failure: { stage: "socket", cause: "refused", detail: "ECONNREFUSED" },
} as const;
const joinMessage = { case: "join" as const, value: joinResponse() };
const addTrack = new SignalRequest({ message: { case: "addTrack", value: new AddTrackRequest() } });
const ping = new SignalRequest({ message: { case: "ping", value: 1n } });

describe("resume", () => {
	test("a lost socket is reopened at once, with the session's sid, the reason and the newest token", () => {
		const drive = new Drive().joined();
		drive.response({ case: "refreshToken", value: "token-2" });
		expect(drive.step(lost)).toEqual(["close", "reconnecting resume", "open resume PA_one"]);
		expect(drive.effects.at(-1)).toMatchObject({
			resume: { reason: ReconnectReason.RR_SIGNAL_DISCONNECTED },
		});
		expect(drive.state.token).toBe("token-2");
	});

	test("it is over when the peer connections are back, too", () => {
		const drive = new Drive().joined();
		drive.step(lost);
		expect(drive.response(reconnectMessage)).toEqual(["resumed"]);
		expect(drive.state.phase.name).toBe("resuming");
		expect(drive.step({ kind: "recovered" })).toEqual(["reconnected resume"]);
		expect(drive.state.phase.name).toBe("joined");
	});

	test("requests that keep their meaning wait for it, others are dropped", () => {
		const drive = new Drive().joined();
		drive.step(lost);
		expect(drive.step({ kind: "request", request: addTrack })).toEqual([]);
		expect(drive.step({ kind: "request", request: ping })).toEqual([]);
		expect(drive.response(reconnectMessage)).toEqual(["resumed", "send addTrack"]);
		expect(drive.step({ kind: "request", request: addTrack })).toEqual(["send addTrack"]);
	});

	test("pings go on as soon as the socket is back", () => {
		const drive = new Drive().joined();
		drive.step(lost);
		drive.response(reconnectMessage);
		expect(drive.pass(5_000)).toEqual(["send pingReq"]);
	});

	test("a server that forbids it gets a restart", () => {
		const drive = new Drive().joined({ clientConfiguration: noResume });
		expect(drive.step(lost)).toEqual(["send leave", "close", "reconnecting restart", "open"]);
	});

	test("an engine that cannot resume restarts, whatever the server wishes", () => {
		const begun = ["send leave", "close", "reconnecting restart", "open"];
		expect(new Drive(false).joined().step(lost)).toEqual(begun);
		expect(new Drive(false).joined().response(told.resume)).toEqual(begun);
	});

	test("refused with a leave, it becomes a restart at once and drops what was held back", () => {
		const drive = new Drive().joined();
		drive.step(lost);
		drive.step({ kind: "request", request: addTrack });
		expect(drive.response(told.restart)).toEqual(["close", "reconnecting restart", "open"]);
		expect(drive.response(joinMessage)).toEqual(["joined anew"]);
		expect(drive.step({ kind: "recovered" })).toEqual(["reconnected restart"]);
	});

	test("sent out while resuming ends it", () => {
		const drive = new Drive().joined();
		drive.step(lost);
		expect(drive.response(told.disconnect)).toEqual([
			"close",
			"disconnected room-deleted: LiveKit: ROOM_DELETED",
		]);
	});

	test.each(["unauthorized", "forbidden", "not-found"] as const)(
		"an answer of %s is final",
		(cause) => {
			const drive = new Drive().joined();
			drive.step(lost);
			const failure = { stage: "socket", cause, detail: "HTTP 4xx: no" } as const;
			expect(drive.step({ kind: "open-failed", failure })).toEqual([
				"close",
				`disconnected ${cause}: reconnect refused: HTTP 4xx: no`,
			]);
		},
	);

	test("it is tried ten times with the pauses of LiveKit's SDKs, then given up", () => {
		const drive = new Drive().joined();
		drive.step(lost);
		const pausesMs: number[] = [];
		for (let end = false; !end; ) {
			const startMs = drive.nowMs;
			const done = drive.step(refused);
			end = done.some((line) => line.startsWith("disconnected"));
			while (!end && drive.state.phase.name === "resuming") {
				if (drive.state.phase.progress.step === "opening") break;
				drive.pass(1);
			}
			if (!end) pausesMs.push(drive.nowMs - startMs);
			else
				expect(done).toContain(
					"disconnected refused: not reconnected in 10 attempts; ECONNREFUSED",
				);
		}
		expect(pausesMs).toEqual([300, 1200, 2700, 4800, 7000, 7000, 7000, 7000, 7000]);
	});

	test("a server that does not answer the resume is asked again", () => {
		const drive = new Drive().joined();
		drive.step(lost);
		expect(drive.pass(15_000)).toEqual(["close"]);
		expect(drive.pass(300)).toEqual(["open resume PA_one"]);
	});

	test("peer connections that do not come back need a restart, which says goodbye first", () => {
		const drive = new Drive().joined();
		drive.step(lost);
		drive.response(reconnectMessage);
		const done = drive.pass(15_300);
		expect(done.filter((line) => line !== "send pingReq")).toEqual([
			"send leave",
			"close",
			"reconnecting restart",
			"open",
		]);
	});

	test("a leave of ours while there is no socket closes quietly", () => {
		const drive = new Drive().joined();
		drive.step(lost);
		expect(drive.step({ kind: "leave" })).toEqual(["close"]);
	});
});

describe("what the server or the engine wish", () => {
	test("leave with RESUME resumes, with RECONNECT restarts", () => {
		expect(new Drive().joined().response(told.resume)).toEqual([
			"close",
			"reconnecting resume",
			"open resume PA_one",
		]);
		expect(new Drive().joined().response(told.restart)).toEqual([
			"send leave",
			"close",
			"reconnecting restart",
			"open",
		]);
	});

	test("an old server's canReconnect means a restart", () => {
		const drive = new Drive().joined();
		const value = told.disconnect.value.clone();
		value.canReconnect = true;
		expect(drive.response({ case: "leave", value })).toContain("reconnecting restart");
	});

	test("the engine's restart takes a resume over that is under way, and not the other way round", () => {
		const drive = new Drive().joined();
		drive.step(lost);
		const restart = {
			kind: "reconnect",
			how: "restart",
			reason: ReconnectReason.RR_UNKNOWN,
		} as const;
		expect(drive.step(restart)).toContain("reconnecting restart");
		expect(drive.step({ ...restart, how: "resume" })).toEqual([]);
		expect(drive.state.phase.name).toBe("restarting");
	});

	test("a restart takes the new session's sid", () => {
		const drive = new Drive().joined();
		drive.response(told.restart);
		const value = joinResponse();
		if (value.participant) value.participant.sid = "PA_two";
		drive.response({ case: "join", value });
		expect(drive.state.session?.participantSid).toBe("PA_two");
		drive.step({ kind: "recovered" });
		expect(drive.step(lost)).toContain("open resume PA_two");
	});
});
