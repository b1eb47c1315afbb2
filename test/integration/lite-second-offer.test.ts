import { JoinResponse, SessionDescription, SignalTarget } from "@livekit/protocol";
import { afterEach, expect, test, vi } from "vitest";
import { systemClock } from "../../src/clock/system-clock.js";
import { Ticker } from "../../src/clock/ticker.js";
import { Peer } from "../../src/engine/lite/peer.js";
import { PeerPair } from "../../src/engine/lite/peer-pair.js";
import { SignalRequests } from "../../src/engine/lite/signal/signal-requests.js";

const closed: { close(): void }[] = [];
afterEach(() => {
	for (const each of closed.splice(0)) each.close();
});

test("an offer that comes while the connection is being made is answered once it is up", async () => {
	const seen: string[] = [];
	const server = new Peer({
		...{ name: "publisher", clock: systemClock, policy: "direct", bindAddress: "127.0.0.1" },
		listener: {
			onLocalCandidate: (init) => subscriber.onTrickle(SignalTarget.SUBSCRIBER, init),
			onConnected: () => {},
			...{ onGathered: () => {}, onIce: () => {}, onFailed: () => {} },
		},
	});
	const send = new SignalRequests((message) => {
		if (message?.case === "answer") {
			seen.push(`answer ${message.value.id}`);
			// The second offer is written here, and no other library knows of it.
			if (message.value.id === 1) server.setRemoteDescription(message.value.sdp, "answer");
		}
		if (message?.case === "trickle") server.addRemoteCandidate(message.value.candidateInit);
	});
	const subscriber = new PeerPair({
		order: { icePolicy: "direct", url: "ws://127.0.0.1", hearsData: false },
		...{ clock: systemClock, ticker: new Ticker(systemClock, 20, () => {}), turn: undefined },
		...{ relayProtocol: "udp", join: new JoinResponse({ subscriberPrimary: true }) },
		...{ publishes: false, send },
		onStage: (stage) => seen.push(stage),
		onLost: (reason) => seen.push(`lost ${reason}`),
		...{ onPublisherUp: () => {}, onAnnounced: () => {}, onTrack: () => {}, onRtp: () => true },
	});
	closed.push(subscriber, server);

	const channel = server.connection.createDataChannel("_reliable");
	const first = server.describe("offer");
	subscriber.onOffer(new SessionDescription({ sdp: first, id: 1 }));
	// As livekit-server does when somebody has published meanwhile.
	const audio = `m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=mid:1\r\na=sendonly\r\na=rtcp-mux\r\na=rtpmap:111 opus/48000/2\r\n`;
	const second = `${first.replace(/^a=group:BUNDLE .*$/m, "a=group:BUNDLE 0 1")}${audio}`;
	subscriber.onOffer(new SessionDescription({ sdp: second, id: 2 }));
	expect(seen.filter((each) => each.startsWith("answer"))).toEqual(["answer 1"]);
	server.release();

	await vi.waitFor(() => expect(seen).toContain("answer 2"), { timeout: 10_000, interval: 20 });
	expect(seen.indexOf("answer 2")).toBeGreaterThan(seen.indexOf("answer 1"));
	expect(seen.filter((each) => each.startsWith("lost"))).toEqual([]);
	expect(channel.getLabel()).toBe("_reliable");
});
