import nodeDataChannel from "node-datachannel";
import { afterEach, expect, test } from "vitest";
import { systemClock } from "../../src/clock/system-clock.js";
import { Peer } from "../../src/engine/lite/peer.js";

const peers: Peer[] = [];
afterEach(() => {
	for (const peer of peers.splice(0)) peer.close();
});

function newPeer(name: "publisher" | "subscriber"): Peer {
	const listener = {
		onLocalCandidate: () => {},
		onGathered: () => {},
		onIce: () => {},
		onConnected: () => {},
		onFailed: () => {},
	};
	const peer = new Peer({ name, clock: systemClock, policy: "direct", listener });
	peers.push(peer);
	return peer;
}

/** As livekit-server 1.13.5 offers a track to its subscriber. */
function serverOffer(): string {
	const server = newPeer("publisher");
	const audio = new nodeDataChannel.Audio("0", "SendOnly");
	audio.addOpusCodec(111, "minptime=10;useinbandfec=1");
	audio.addSSRC(1, "a", "a", "a");
	server.connection.addTrack(audio);
	return server
		.describe("offer")
		.replace(/^(a=rtpmap:111 .*\r?\n)/m, "$1a=rtcp-fb:111 nack\r\na=rtcp-fb:111 transport-cc\r\n");
}

test("an answer takes the server's Opus without its NACK: nothing is sent twice", () => {
	const offer = serverOffer();
	expect(offer).toContain("a=rtcp-fb:111 nack");
	const subscriber = newPeer("subscriber");
	subscriber.setRemoteDescription(offer, "offer");
	const answer = subscriber.describe("answer");
	// The library agrees to it: if it did not, this test would say nothing.
	expect(subscriber.connection.localDescription()?.sdp).toContain("a=rtcp-fb:111 nack");
	expect(answer).toContain("a=rtpmap:111 opus/48000/2");
	expect(answer).not.toMatch(/rtcp-fb:\S+ nack/);
});

test("an offer of Opus asks for no NACK", () => {
	const publisher = newPeer("publisher");
	const audio = new nodeDataChannel.Audio("0", "SendOnly");
	audio.addOpusCodec(111);
	const track = publisher.connection.addTrack(audio);
	const offer = publisher.describe("offer");
	expect(track.mid()).toBe("0");
	expect(offer).toContain("a=rtpmap:111 opus/48000/2");
	expect(offer).not.toContain("nack");
});
