import { ReconnectReason } from "@livekit/protocol";
import { RoomServiceClient } from "livekit-server-sdk";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { findLiveKitServer } from "../../src/backend/find-livekit-server.js";
import type { LiveKitOverrides } from "../../src/backend/livekit-config.js";
import { type RunningServer, startLiveKit } from "../../src/backend/start-livekit.js";
import { type CutProxy, Probe, startCutProxy, tokenFor } from "./lite-signal-rig.js";

/** An old server refuses to start with settings that it does not know. */
const overridesOf: Readonly<Record<string, LiveKitOverrides>> = {
	"v1.7.0": { prometheus: undefined },
};

describe.each(["v1.13.5", "v1.9.12", "v1.7.0"])("signalling with livekit-server %s", (version) => {
	let server: RunningServer;
	let proxy: CutProxy;
	let rooms: RoomServiceClient;
	let room = "";
	const probes: Probe[] = [];

	beforeAll(async () => {
		const onProgress = (line: string) => void process.stderr.write(`${line}\n`);
		const found = await findLiveKitServer({ env: process.env, version, onProgress });
		server = await startLiveKit({ binary: found.path, overrides: overridesOf[version] ?? {} });
		proxy = await startCutProxy(server.ports.signalPort);
		const { url, apiKey, apiSecret } = server;
		rooms = new RoomServiceClient(url.replace("ws", "http"), apiKey, apiSecret);
	});
	afterEach(async () => {
		await Promise.all(probes.splice(0).map((probe) => probe.stop()));
	});
	afterAll(async () => {
		await proxy?.stop();
		await server?.stop();
	});

	async function join(
		options: Partial<ConstructorParameters<typeof Probe>[0]> & { identity?: string } = {},
	): Promise<Probe> {
		const { identity = "ann", ...rest } = options;
		const token = await tokenFor(server, room, identity);
		const probe = new Probe({ url: `ws://127.0.0.1:${proxy.port}`, token, ...rest });
		probes.push(probe);
		await probe.client.join();
		return probe;
	}

	/** A name of its own for each test. */
	let roomCount = 0;
	const freshRoom = () => {
		room = `room-${++roomCount}`;
	};

	const identities = async () =>
		(await rooms.listParticipants(room).catch(() => [])).map(({ identity }) => identity);

	test("joins, is answered to its pings, and is gone as soon as it has left", async () => {
		freshRoom();
		const probe = await join();
		expect(probe.log.slice(0, 2)).toEqual(["socket", "joined"]);
		expect(probe.client.phase).toBe("joined");
		expect(probe.client.participantSid).toMatch(/^PA_/);
		expect(await identities()).toEqual(["ann"]);
		await probe.until("rtt");
		await probe.client.leave();
		expect(await identities()).toEqual([]);
		expect(probe.log.some((line) => line.startsWith("disconnected"))).toBe(false);
	});

	test("an abort leaves, too", async () => {
		freshRoom();
		const probe = await join();
		probe.abort();
		await probe.client.leave();
		expect(await identities()).toEqual([]);
	});

	test("hears of others who come and go", async () => {
		freshRoom();
		const ann = await join();
		const bob = await join({ identity: "bob", peer: true });
		await ann.until("update bob");
		await bob.until("peer connected");
		await bob.client.leave();
		await ann.until("update bob 3");
	});

	test("a refused token is named in LiveKit's own words, without the token", async () => {
		freshRoom();
		const token = await tokenFor({ ...server, apiSecret: "x".repeat(32) }, room, "ann");
		const probe = new Probe({ url: server.url, token });
		const error = await probe.client.join().catch((reason: unknown) => reason);
		expect(error).toMatchObject({ stage: "socket", cause: "unauthorized" });
		expect(String(error)).toContain("HTTP 401: invalid token");
		expect(String(error)).not.toContain(token);
		expect(probe.client.phase).toBe("left");
	});

	test("a cut socket is resumed: same session, sync state sent, peer connection untouched", async () => {
		freshRoom();
		const probe = await join({ peer: true, holdsRecovery: true });
		await probe.until("peer connected");
		const sid = probe.client.participantSid;
		proxy.cut();
		await probe.until("resumed");
		expect(probe.client.phase).toBe("resuming");
		probe.client.recovered();
		expect(probe.client.phase).toBe("joined");
		expect(probe.client.participantSid).toBe(sid);
		const reconnects = probe.log.filter((line) => /^(re|joined|peer)/.test(line));
		expect(reconnects).toEqual([
			"joined",
			"peer connecting",
			"peer connected",
			"reconnecting resume",
			"resumed",
			"reconnected resume",
		]);
		expect((await rooms.listParticipants(room)).map((info) => info.sid)).toEqual([sid]);
	});

	test("a resume that the server refuses becomes a restart with a new session", async () => {
		freshRoom();
		// Without a peer connection the server keeps nothing that could be resumed.
		const probe = await join();
		const sid = probe.client.participantSid;
		// The second attempt comes when the server has surely noticed that the old socket is gone.
		proxy.cut(1);
		await probe.until("reconnected restart");
		const reconnects = probe.log.filter((line) => /^(re|joined)/.test(line));
		expect(reconnects).toEqual([
			"joined",
			"reconnecting resume",
			"reconnecting restart",
			"joined anew",
			"reconnected restart",
		]);
		expect(probe.client.participantSid).not.toBe(sid);
		expect(await identities()).toEqual(["ann"]);
	});

	test.each(["disconnectSignalOnResume", "disconnectSignalOnResumeNoMessages"] as const)(
		"a server that plays %s: the resume is tried until it holds",
		async (scenario) => {
			freshRoom();
			const probe = await join({ peer: true });
			await probe.until("peer connected");
			const sid = probe.client.participantSid;
			probe.client.send.simulate({ case: scenario, value: true });
			// Requests are taken in order: what answers the second shows that the first was taken.
			probe.client.send.simulate({ case: "speakerUpdate", value: 0 });
			await probe.until("onSpeakers");
			probe.client.reconnect("resume", ReconnectReason.RR_SUBSCRIBER_FAILED);
			await probe.until("reconnected resume");
			// With the socket dropped after the answer there is a second resume to come.
			const resumes = scenario === "disconnectSignalOnResume" ? 2 : 1;
			await vi.waitFor(
				() =>
					expect(probe.log.filter((line) => line === "reconnected resume")).toHaveLength(resumes),
				{ timeout: 10_000 },
			);
			expect(probe.client.participantSid).toBe(sid);
			expect(probe.client.phase).toBe("joined");
		},
	);

	test("the engine's wish for a restart joins anew", async () => {
		freshRoom();
		const probe = await join({ peer: true });
		await probe.until("peer connected");
		const sid = probe.client.participantSid;
		probe.client.reconnect("restart", ReconnectReason.RR_PUBLISHER_FAILED);
		await probe.until("reconnected restart");
		expect(probe.client.participantSid).not.toBe(sid);
		expect(await identities()).toEqual(["ann"]);
	});

	test("a node failure: the socket goes without a word, the restart joins anew", async () => {
		freshRoom();
		const probe = await join({ peer: true });
		await probe.until("peer connected");
		probe.client.send.simulate({ case: "nodeFailure", value: true });
		await probe.until("reconnected restart");
		expect(probe.log).toContain("reconnecting resume");
		expect(await identities()).toEqual(["ann"]);
	});

	test("a server that sends us out is believed, with its reason", async () => {
		freshRoom();
		const probe = await join();
		probe.client.send.simulate({ case: "serverLeave", value: true });
		await probe.until("disconnected server-shutdown: LiveKit: SERVER_SHUTDOWN");
		expect(probe.client.phase).toBe("left");
	});

	test("a second participant of the same identity sends the first one out", async () => {
		freshRoom();
		const first = await join();
		const second = await join();
		await first.until("disconnected duplicate-identity");
		expect(second.client.phase).toBe("joined");
		expect(first.log.some((line) => line.startsWith("reconnecting"))).toBe(false);
	});

	test("a deleted room sends everybody out", async () => {
		freshRoom();
		const probe = await join();
		await rooms.deleteRoom(room);
		await probe.until("disconnected room-deleted");
	});

	test("a participant removed by an administrator stays out", async () => {
		freshRoom();
		const probe = await join();
		await rooms.removeParticipant(room, "ann");
		await probe.until("disconnected disconnected: LiveKit: PARTICIPANT_REMOVED");
		expect(await identities()).toEqual([]);
	});
});
