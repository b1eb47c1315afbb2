import { expect, test } from "vitest";
import { sendPacket } from "../../../../src/engine/lite/send-packet.js";

const sent: string[] = [];

function outlet(isOpen: boolean, send: () => boolean = () => true) {
	return {
		isOpen: () => isOpen,
		sendMessageBinary: (packet: string) => {
			const answer = send();
			sent.push(packet);
			return answer;
		},
	};
}

const closed = () => {
	throw new Error("libdatachannel error while sending track message: Track is closed");
};

test.each([
	["open: sent", outlet(true), true, ["a packet"]],
	["open, and the library drops it: not sent", outlet(true, () => false), false, ["a packet"]],
	["closed: not even tried", outlet(false, closed), false, []],
	["closed between the question and the answer: no error", outlet(true, closed), false, []],
])("%s", (_, to, expected, passed) => {
	sent.length = 0;
	expect(sendPacket(to, "a packet")).toBe(expected);
	expect(sent).toEqual(passed);
});
