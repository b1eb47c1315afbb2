import { PeerConnection } from "node-datachannel";
import { expect, test, vi } from "vitest";
import { parseIceUri } from "../../src/ice/uri.js";
import { bridgeAddress } from "../../src/turn/bind-loopback.js";
import { requirePart } from "../rig/real-parts.js";
import { echoThrough, percentile } from "../rig/relay-echo.js";
import {
	bridgeTo,
	clientOf,
	credentialsFor,
	echoPeer,
	endings,
	withBridgedCoturn,
} from "../rig/turn-datagram-bridge.js";

requirePart("coturn", "openssl")("TURN over UDP, TCP and TLS for clients on IPv6 loopback", () => {
	const { turn, serverOf, clientAt } = withBridgedCoturn();

	test.each([
		["udp", /user <\d+:echo-udp>: incoming packet CHANNEL_BIND processed, success/],
		["tcp", /tcp or tls connected to: 127\.0\.0\.1/],
		["tls", /TLSv1\.[23]/],
	] as const)(
		"200 packets each way as indications and as ChannelData, over %s",
		async (transport, inLog) => {
			const bridge = await bridgeTo(serverOf(transport));
			const client = await clientAt(bridge, `echo-${transport}`);
			const peer = await echoPeer();
			const before = (await turn().log()).length;
			expect(await client.allocate()).toBeGreaterThan(0);
			await client.permit(peer);
			const indications = { by: "indication", packets: 200, everyMs: 2 } as const;
			expect(await echoThrough(client, peer, indications)).toMatchObject({ intact: 200, wrong: 0 });
			await client.bindChannel(peer);
			const channel = { by: "channel", packets: 200, everyMs: 2 } as const;
			expect(await echoThrough(client, peer, channel)).toMatchObject({ intact: 200, wrong: 0 });
			await client.refresh(600);
			expect((await turn().log()).slice(before)).toMatch(inLog);
			const { toServer, toClient, connections, refused, missed } = bridge.stats();
			expect({ connections, refused, missed }).toEqual({
				connections: { opened: 1, failed: 0, lost: 0 },
				refused: 0,
				missed: 0,
			});
			// Two to allocate, one each to permit, bind and refresh.
			expect(toServer).toMatchObject({ datagrams: 405, dropped: 0, delay: { count: 405 } });
			expect(toClient).toMatchObject({ datagrams: 405, dropped: 0, delay: { count: 405 } });
			expect(bridge.lastError()).toBeUndefined();
		},
	);

	test("20 clients at once, each with its own connection, and none left after close", async () => {
		const bridge = await bridgeTo(serverOf("tls"));
		const peer = await echoPeer();
		const socketsBefore = openSockets();
		const clients = await Promise.all(
			Array.from({ length: 20 }, (_, index) => clientAt(bridge, `one-of-20-${index}`)),
		);
		const relayed = await Promise.all(clients.map((client) => client.allocate()));
		expect(new Set(relayed).size).toBe(20);
		await Promise.all(clients.map((client) => client.bindChannel(peer)));
		const order = { by: "channel", packets: 50, everyMs: 20 } as const;
		const echoes = await Promise.all(clients.map((client) => echoThrough(client, peer, order)));
		expect(echoes.map(({ intact, wrong }) => ({ intact, wrong }))).toEqual(
			Array.from({ length: 20 }, () => ({ intact: 50, wrong: 0 })),
		);
		expect(bridge.stats()).toMatchObject({ clients: 20, connections: { opened: 20, lost: 0 } });
		expect(openSockets().tcp).toBe(socketsBefore.tcp + 20);
		await Promise.all([bridge.close(), bridge.close()]);
		expect(openSockets().tcp).toBe(socketsBefore.tcp);
		expect(bridge.stats().clients).toBe(0);
	});

	test("two peers of the light engine's ICE library meet over TLS, and leave nothing behind", async () => {
		const bridge = await bridgeTo(serverOf("tls"));
		const peers = ["caller", "callee"].map((name) => {
			const { username, password } = credentialsFor(turn().secret, name);
			const server = { hostname: bridgeAddress, port: bridge.port, username, password };
			const peer = new PeerConnection(name, {
				iceServers: [{ ...server, relayType: "TurnUdp" }],
				iceTransportPolicy: "relay",
				bindAddress: bridgeAddress,
			});
			endings.push(async () => peer.close());
			return peer;
		});
		const [caller, callee] = peers;
		if (caller === undefined || callee === undefined) throw new Error("two peers");
		for (const [from, to] of [
			[caller, callee],
			[callee, caller],
		] as const) {
			from.onLocalDescription((sdp, type) => to.setRemoteDescription(sdp, type));
			from.onLocalCandidate((candidate, mid) => to.addRemoteCandidate(candidate, mid));
		}
		const heard = new Promise<string>((resolve) => {
			callee.onDataChannel((channel) => channel.onMessage((text) => resolve(String(text))));
		});
		const channel = caller.createDataChannel("greeting");
		channel.onOpen(() => channel.sendMessage("through two relays"));
		expect(await heard).toBe("through two relays");
		expect(caller.getSelectedCandidatePair()?.local).toMatchObject({ type: "relay" });
		expect(bridge.stats()).toMatchObject({ clients: 2, connections: { opened: 2, lost: 0 } });
		for (const peer of peers) peer.close();
		await vi.waitFor(() => expect(bridge.stats().clients).toBe(0), { timeout: 15_000 });
		expect(bridge.stats().connections.lost).toBe(0);
	});

	test("the bridge's own delay, and the round trip against TURN over UDP", async () => {
		const udpPort = parseIceUri(turn().uris.udp).port;
		const bridges = {
			udp: await bridgeTo(serverOf("udp")),
			tcp: await bridgeTo(serverOf("tcp")),
			tls: await bridgeTo(serverOf("tls")),
		};
		const peer = await echoPeer();
		const ways = { direct: { address: "127.0.0.1", port: udpPort }, ...bridges } as const;
		const lines: string[] = [];
		for (const [name, way] of Object.entries(ways)) {
			const client = await clientOf(way, turn().secret, `rtt-${name}`);
			await client.allocate();
			await client.bindChannel(peer);
			const order = { by: "channel", packets: 300, everyMs: 5 } as const;
			const { intact, rttMs } = await echoThrough(client, peer, order);
			expect(intact).toBe(300);
			const [p50, p99] = [50, 99].map((p) => percentile(rttMs, p).toFixed(3));
			lines.push(`relay echo, ${name}: RTT p50 ${p50} ms, p99 ${p99} ms`);
		}
		for (const [name, bridge] of Object.entries(bridges)) {
			const { toServer, toClient } = bridge.stats();
			for (const [way, { delay }] of Object.entries({ toServer, toClient })) {
				expect(delay.count).toBeGreaterThan(300);
				expect(delay.p50Us).toBeLessThanOrEqual(delay.p99Us);
				lines.push(`bridge ${name} ${way}: p50 ${delay.p50Us} µs, p99 ${delay.p99Us} µs`);
			}
		}
		process.stderr.write(`${lines.join("\n")}\n`);
	});
});

function openSockets(): { tcp: number } {
	const resources = process.getActiveResourcesInfo();
	return { tcp: resources.filter((name) => /^(TCPSocketWrap|TLSWrap)$/.test(name)).length };
}
