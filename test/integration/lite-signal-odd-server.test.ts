import { createServer, type IncomingMessage } from "node:http";
import {
	AddTrackRequest,
	JoinResponse,
	ParticipantInfo,
	ReconnectResponse,
	ServerInfo,
	SignalRequest,
	SignalResponse,
} from "@livekit/protocol";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";
import { Probe } from "./lite-signal-rig.js";

/** A server that says what a test wants, to prove what no real one can be asked for. */
let server: WebSocketServer;
let url = "";
let onConnection: (socket: WebSocket, request: IncomingMessage) => void = () => {};
let heard: string[] = [];
const probes: Probe[] = [];

beforeEach(async () => {
	heard = [];
	server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
	server.on("connection", (socket, request) => {
		socket.on("message", (data) =>
			heard.push(SignalRequest.fromBinary(data as Buffer).message.case ?? "unknown"),
		);
		onConnection(socket, request);
	});
	await new Promise((resolve) => server.once("listening", resolve));
	const address = server.address();
	if (address === null || typeof address === "string") throw new Error("no TCP address");
	url = `ws://127.0.0.1:${address.port}`;
});

afterEach(async () => {
	await Promise.all(probes.splice(0).map((probe) => probe.stop()));
	for (const client of server.clients) client.terminate();
	await new Promise((resolve) => server.close(resolve));
});

function say(socket: WebSocket, message: SignalResponse["message"]): void {
	socket.send(new SignalResponse({ message }).toBinary());
}

function letIn(socket: WebSocket, over: Partial<JoinResponse> = {}): void {
	const value = new JoinResponse({
		participant: new ParticipantInfo({ sid: "PA_one" }),
		serverInfo: new ServerInfo({ version: "1.13.5" }),
		pingInterval: 1,
		pingTimeout: 1,
		...over,
	});
	say(socket, { case: "join", value });
}

function probe(options: Partial<ConstructorParameters<typeof Probe>[0]> = {}): Probe {
	const made = new Probe({ url, token: "token-1", ...options });
	probes.push(made);
	return made;
}

test("the token goes in the header, never in the address, and a renewed one is used to resume", async () => {
	const requests: IncomingMessage[] = [];
	onConnection = (socket, request) => {
		requests.push(request);
		if (requests.length > 1)
			return say(socket, { case: "reconnect", value: new ReconnectResponse() });
		letIn(socket, { pingTimeout: 60 });
		say(socket, { case: "refreshToken", value: "token-2" });
		setTimeout(() => socket.terminate(), 50);
	};
	const made = probe();
	await made.client.join();
	await made.until("reconnected resume");
	expect(requests.map(({ headers }) => headers.authorization)).toEqual([
		"Bearer token-1",
		"Bearer token-2",
	]);
	expect(requests.map((request) => request.url).join()).not.toContain("token");
	expect(requests[1]?.url).toContain("reconnect=1&sid=PA_one&reconnect_reason=1");
});

test("frames of the future and garbage are counted; the session goes on", async () => {
	onConnection = (socket) => {
		letIn(socket, { pingTimeout: 60 });
		// Field 999, length-delimited, empty: a message that this protocol does not know.
		socket.send(Buffer.from([0xba, 0x3e, 0x00]));
		socket.send(Buffer.from([0x0a, 0xff]));
		socket.send("{}");
		say(socket, { case: "pong", value: 1n });
	};
	const made = probe();
	await made.client.join();
	await vi.waitFor(() =>
		expect(Object.fromEntries(made.client.unhandled)).toEqual({
			unknown: 1,
			malformed: 2,
			pong: 1,
		}),
	);
	expect(made.client.phase).toBe("joined");
});

test("a server that falls silent is lost after its own ping timeout, and resumed", async () => {
	let connections = 0;
	onConnection = (socket) => {
		connections++;
		if (connections === 1) letIn(socket);
		else say(socket, { case: "reconnect", value: new ReconnectResponse() });
	};
	const made = probe();
	await made.client.join();
	await made.until("reconnected resume");
	expect(heard.filter((message) => message === "pingReq").length).toBeGreaterThan(0);
});

test("an answer to a resume: the sync state first, then what was held back", async () => {
	const sockets: WebSocket[] = [];
	onConnection = (socket) => {
		sockets.push(socket);
		if (sockets.length === 1) letIn(socket, { pingTimeout: 60, pingInterval: 60 });
	};
	const made = probe();
	await made.client.join();
	sockets[0]?.terminate();
	await vi.waitFor(() => expect(sockets).toHaveLength(2));
	made.client.send.addTrack(new AddTrackRequest({ cid: "one" }));
	made.client.send.offer("v=0", 1);
	if (sockets[1]) say(sockets[1], { case: "reconnect", value: new ReconnectResponse() });
	await made.until("reconnected resume");
	made.client.send.mute("TR_one", true);
	await vi.waitFor(() => expect(heard).toEqual(["syncState", "addTrack", "mute"]));
});

test("a server too old is left before its join counts", async () => {
	onConnection = (socket) => letIn(socket, { serverInfo: new ServerInfo({ version: "1.5.0" }) });
	const made = probe();
	await expect(made.client.join()).rejects.toMatchObject({
		stage: "joined",
		cause: "server-error",
		detail: expect.stringMatching(/1\.5\.0.*1\.7\.0/),
	});
	expect(made.log).toEqual(["socket"]);
	await vi.waitFor(() => expect(heard).toEqual(["leave"]));
});

test("an open socket that says nothing fails stage joined, one that never opens stage socket", async () => {
	onConnection = () => {};
	const limits = { openWithinMs: 200, recoverWithinMs: 200, spread: 0, mayResume: true };
	await expect(probe({ limits }).client.join()).rejects.toMatchObject({
		stage: "joined",
		cause: "timeout",
	});
	const deaf = createServer(() => {});
	deaf.on("upgrade", () => {});
	await new Promise<void>((resolve) => deaf.listen(0, "127.0.0.1", resolve));
	const address = deaf.address();
	if (address === null || typeof address === "string") throw new Error("no TCP address");
	const deafUrl = `ws://127.0.0.1:${address.port}`;
	await expect(probe({ url: deafUrl, limits }).client.join()).rejects.toMatchObject({
		stage: "socket",
		cause: "timeout",
	});
	deaf.closeAllConnections();
	deaf.close();
});

test("nobody there is refused at once", async () => {
	await expect(probe({ url: "ws://127.0.0.1:1" }).client.join()).rejects.toMatchObject({
		stage: "socket",
		cause: "refused",
	});
});

test("an abort in mid-join ends it, and a leave that the server does not answer is bounded", async () => {
	onConnection = (socket) => socket.pause();
	const made = probe();
	const join = made.client.join();
	join.catch(() => {});
	await made.until("socket");
	made.abort();
	await expect(join).rejects.toMatchObject({ cause: "aborted" });
	await made.client.leave();
	await vi.waitFor(() => expect(made.client.phase).toBe("left"));
});
