import { expect, test } from "vitest";
import { ManualClock } from "../../../../src/clock/manual-clock.js";
import { Peer } from "../../../../src/engine/lite/peer.js";

const ignored = () => {};
const listener = {
	...{ onLocalCandidate: ignored, onGathered: ignored, onIce: ignored },
	...{ onConnected: ignored, onFailed: ignored },
};
const newPeer = (name: "publisher" | "subscriber") =>
	new Peer({
		name,
		clock: new ManualClock(),
		policy: "direct",
		bindAddress: "127.0.0.1",
		listener,
	});

test("an answer to no offer is an error, not the end of the process", () => {
	const peer = newPeer("subscriber");
	expect(() => peer.describe("answer")).toThrow("no answer in signaling state stable");
	peer.close();
});

test("an answer to an offer is given once", () => {
	const offering = newPeer("publisher");
	offering.connection.createDataChannel("_reliable");
	const answering = newPeer("subscriber");
	answering.setRemoteDescription(offering.describe("offer"), "offer");
	expect(answering.describe("answer")).toContain("a=setup:");
	expect(() => answering.describe("answer")).toThrow("no answer in signaling state stable");
	offering.close();
	answering.close();
});
