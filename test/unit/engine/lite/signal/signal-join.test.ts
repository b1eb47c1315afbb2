import {
	DisconnectReason,
	LeaveRequest_Action,
	ServerInfo,
	SessionDescription,
} from "@livekit/protocol";
import { describe, expect, test } from "vitest";
import { Drive, joinResponse, leaveMessage, told } from "./drive.js";

describe("the first join", () => {
	test("opens one socket and is joined with the JoinResponse", () => {
		const drive = new Drive();
		expect(drive.step({ kind: "start" })).toEqual(["open"]);
		expect(drive.step({ kind: "open" })).toEqual([]);
		expect(drive.response({ case: "join", value: joinResponse() })).toEqual(["joined"]);
		expect(drive.state.phase.name).toBe("joined");
		expect(drive.state.session).toEqual({
			participantSid: "PA_one",
			pingIntervalMs: 5_000,
			pingTimeoutMs: 15_000,
			mayResume: true,
		});
	});

	test("a socket that does not open in time fails stage socket", () => {
		const drive = new Drive();
		drive.step({ kind: "start" });
		expect(drive.pass(14_999)).toEqual([]);
		expect(drive.pass(1)).toEqual([
			"close",
			"join-failed socket timeout: the WebSocket did not open in time",
		]);
		expect(drive.state.phase.name).toBe("left");
	});

	test("an open socket without a JoinResponse fails stage joined", () => {
		const drive = new Drive();
		drive.step({ kind: "start" });
		drive.step({ kind: "open" });
		expect(drive.pass(15_000).at(-1)).toBe(
			"join-failed joined timeout: no JoinResponse came in time",
		);
	});

	test("a failed socket is told as it is and not tried again", () => {
		const drive = new Drive();
		drive.step({ kind: "start" });
		const failure = { stage: "socket", cause: "refused", detail: "connect ECONNREFUSED" } as const;
		expect(drive.step({ kind: "open-failed", failure })).toEqual([
			"close",
			"join-failed socket refused: connect ECONNREFUSED",
		]);
		expect(drive.pass(600_000)).toEqual([]);
	});

	test("a socket that closes before the JoinResponse fails stage joined", () => {
		const drive = new Drive();
		drive.step({ kind: "start" });
		drive.step({ kind: "open" });
		expect(drive.step({ kind: "closed", detail: "code 1006" }).at(-1)).toBe(
			"join-failed joined websocket: code 1006",
		);
	});

	test.each([
		[DisconnectReason.JOIN_FAILURE, "server-error: LiveKit: JOIN_FAILURE"],
		[DisconnectReason.STATE_MISMATCH, "server-error: LiveKit: STATE_MISMATCH"],
		[DisconnectReason.ROOM_DELETED, "room-deleted: LiveKit: ROOM_DELETED"],
	])("sent out with reason %s instead of let in", (reason, words) => {
		const drive = new Drive();
		drive.step({ kind: "start" });
		drive.step({ kind: "open" });
		const leave = leaveMessage(LeaveRequest_Action.RECONNECT, reason);
		expect(drive.response(leave)).toEqual(["close", `join-failed joined ${words}`]);
	});

	test("an unsupported server is left before the join counts, with both versions named", () => {
		const drive = new Drive();
		drive.step({ kind: "start" });
		drive.step({ kind: "open" });
		const serverInfo = new ServerInfo({ version: "1.5.0" });
		const [said, closed, failed] = drive.response({
			case: "join",
			value: joinResponse({ serverInfo }),
		});
		expect([said, closed]).toEqual(["send leave", "close"]);
		expect(failed).toMatch(/^join-failed joined server-error: .*1\.5\.0.*1\.7\.0 and newer/);
	});
});

describe("in the session", () => {
	test("the server's messages are delivered, a new token is kept", () => {
		const drive = new Drive().joined();
		const value = new SessionDescription({ type: "offer", sdp: "v=0", id: 3 });
		expect(drive.response({ case: "offer", value })).toEqual(["deliver offer"]);
		expect(drive.response({ case: "refreshToken", value: "token-2" })).toEqual([]);
		expect(drive.state.token).toBe("token-2");
	});

	test("what means nothing to us is counted by name and harms nothing", () => {
		const drive = new Drive().joined();
		drive.response({ case: undefined });
		drive.response({ case: undefined });
		drive.step({ kind: "malformed" });
		drive.response({ case: "pong", value: 1n });
		expect(Object.fromEntries(drive.state.unhandled)).toEqual({
			unknown: 2,
			malformed: 1,
			pong: 1,
		});
		expect(drive.state.phase.name).toBe("joined");
	});

	test("a second JoinResponse changes nothing", () => {
		const drive = new Drive().joined();
		expect(drive.response({ case: "join", value: joinResponse() })).toEqual([]);
	});

	test("a leave of ours is said and closes; nothing follows", () => {
		const drive = new Drive().joined();
		expect(drive.step({ kind: "leave" })).toEqual(["send leave", "close"]);
		expect(drive.step({ kind: "leave" })).toEqual([]);
		expect(drive.response(told.disconnect)).toEqual([]);
		expect(drive.pass(600_000)).toEqual([]);
	});

	test.each([
		[DisconnectReason.DUPLICATE_IDENTITY, "duplicate-identity"],
		[DisconnectReason.SERVER_SHUTDOWN, "server-shutdown"],
		[DisconnectReason.ROOM_DELETED, "room-deleted"],
		[DisconnectReason.ROOM_CLOSED, "room-deleted"],
		[DisconnectReason.PARTICIPANT_REMOVED, "disconnected"],
		[DisconnectReason.UNKNOWN_REASON, "disconnected"],
	])("sent out with reason %s: cause %s", (reason, cause) => {
		const drive = new Drive().joined();
		expect(drive.response(leaveMessage(LeaveRequest_Action.DISCONNECT, reason))).toEqual([
			"close",
			`disconnected ${cause}: LiveKit: ${DisconnectReason[reason]}`,
		]);
		expect(drive.state.phase.name).toBe("left");
	});
});
