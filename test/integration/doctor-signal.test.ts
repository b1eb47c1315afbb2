import { createHmac } from "node:crypto";
import { LeaveRequest, SignalResponse } from "@livekit/protocol";
import { describe, expect, test, vi } from "vitest";
import { WebSocketServer } from "ws";
import { findLiveKitServer } from "../../src/backend/find-livekit-server.js";
import { startLiveKit } from "../../src/backend/start-livekit.js";
import { liveKitBinary, withLiveKit } from "../rig/real-parts.js";
import { startHttp, startProxy, tokenFor, walk } from "./doctor-network-rig.js";

const server = withLiveKit();
const nowS = () => Math.floor(Date.now() / 1000);

/** A token with these claims in place of good ones. */
function signed(claims: Record<string, unknown>, secret = server().apiSecret): string {
	const good = { iss: server().apiKey, sub: "doctor-a", nbf: nowS() - 5, exp: nowS() + 600 };
	const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
	const body = `${part({ alg: "HS256", typ: "JWT" })}.${part({ ...good, video, ...claims })}`;
	return `${body}.${createHmac("sha256", secret).update(body).digest("base64url")}`;
}

const video = { roomJoin: true, room: "doctor" };

describe("a token that the server refuses", () => {
	const cases: [string, () => string][] = [
		["signal.unknown-api-key", () => signed({ iss: "APIother" })],
		["signal.wrong-secret", () => signed({}, "another-secret-of-thirty-two-chars")],
		["signal.token-expired", () => signed({ exp: nowS() - 120 })],
		["signal.token-not-yet-valid", () => signed({ nbf: nowS() + 120 })],
		["signal.token-unreadable", () => "no.jwt.atall"],
		["signal.token-unreadable", () => signed({ video: { ...video, room: ["doctor"] } })],
		["signal.no-video-claim", () => signed({ video: undefined, grants: video })],
		["signal.no-room-join", () => signed({ video: { room: "doctor" } })],
		["signal.no-room-join", () => signed({ video: { room_join: true, room: "doctor" } })],
		["signal.no-identity", () => signed({ sub: undefined })],
		["signal.no-room", () => signed({ video: { roomJoin: true } })],
		["signal.name-too-long", () => signed({ sub: "a".repeat(300) })],
	];
	test.each(cases)("%s", async (id, token) => {
		const text = token();
		const walked = await walk({ url: new URL(server().url) }, text);
		expect(walked.ids[0]).toBe(id);
		expect(walked.facts.refusal?.status).toBeGreaterThanOrEqual(400);
		expect(walked.text).not.toContain(text);
		expect(walked.text).not.toContain(text.split(".")[2]);
	});
});

describe("a proxy that passes HTTP and not the WebSocket", () => {
	test.each([["strip" as const], [200], [400], [426], [502]])("upgrade: %s", async (upgrade) => {
		const port = await startProxy(server().ports.signalPort, { upgrade });
		const walked = await walk({ url: new URL(`ws://127.0.0.1:${port}`) }, await tokenFor(server()));
		expect(walked.ids).toEqual(["signal.upgrade-eaten"]);
		expect(walked.text).toContain("proxy_set_header Upgrade");
	});

	test("a login of its own for /rtc", async () => {
		const port = await startProxy(server().ports.signalPort, { upgrade: 403 });
		const walked = await walk({ url: new URL(`ws://127.0.0.1:${port}`) }, await tokenFor(server()));
		expect(walked.ids).toEqual(["signal.upgrade-refused"]);
	});
});

describe("a WebSocket that opens and is no join", () => {
	/** Says what LiveKit says over HTTP, and what `talk` says over the WebSocket. */
	const startFake = (talk: (socket: import("ws").WebSocket) => void) => {
		const sockets = new WebSocketServer({ noServer: true });
		return startHttp(
			({ headers, url }, response) => {
				if (url === "/") return void response.end("OK");
				const isIn = headers.authorization !== undefined;
				response.writeHead(isIn ? 200 : 401).end(isIn ? "success" : "permissions denied");
			},
			(request, socket) =>
				sockets.handleUpgrade(request, socket, Buffer.alloc(0), (one) => talk(one)),
		);
	};
	const leave = new SignalResponse({
		message: { case: "leave", value: new LeaveRequest({ reason: 7 }) },
	});

	test.each<[string, (socket: import("ws").WebSocket) => void]>([
		["signal.closed-early", (socket) => socket.close(1011, "no backend")],
		["signal.sent-away", (socket) => socket.send(leave.toBinary())],
		["signal.not-livekit", (socket) => socket.send('{"hello":1}')],
	])("%s", async (id, talk) => {
		const walked = await walk(
			{ url: new URL(`ws://127.0.0.1:${await startFake(talk)}`) },
			signed({}),
		);
		expect(walked.ids).toEqual([id]);
	});
});

describe("livekit-server that is configured wrong", () => {
	test("room.auto_create: false", async () => {
		const strict = await startLiveKit({
			binary: await liveKitBinary(),
			overrides: { room: { auto_create: false } },
		});
		const walked = await walk({ url: new URL(strict.url) }, await tokenFor(strict));
		await strict.stop();
		expect(walked.ids[0]).toBe("signal.room-missing");
	});

	const stunScheme = { stun_servers: ["stun:142.250.82.127:19302"], node_ip: null };

	// v1.6.2 of the field report is not on the module proxy; v1.7.0 is the nearest to it.
	test.each(["v1.7.0", "v1.9.12", "v1.13.5"])(
		"%s, stun_servers with a scheme: nobody's media can be set up",
		async (version) => {
			const found = await findLiveKitServer({ env: process.env, version, onProgress: () => {} });
			// v1.7 does not know the key.
			const overrides = { rtc: stunScheme, prometheus: undefined };
			const wrong = await startLiveKit({ binary: found.path, overrides });
			const walked = await walk({ url: new URL(wrong.url) }, await tokenFor(wrong));
			expect(walked.ids[0]).toBe("signal.media-setup");
			expect(walked.text).toContain("stun_servers");
			// The words of the field report.
			await vi.waitFor(() => {
				const log = wrong.logTail().join("\n");
				expect(log).toMatch(/could not handle new participant.*too many colons in address/);
			});
			await wrong.stop();
		},
	);

	test("stun_servers with a scheme and use_external_ip: it does not even start", async () => {
		const rtc = { ...stunScheme, use_external_ip: true };
		const starting = startLiveKit({ binary: await liveKitBinary(), overrides: { rtc } });
		await expect(starting).rejects.toThrow("too many colons in address");
	});
});
