import { describe, expect, it } from "vitest";
import { frameKind } from "../../../src/impair/frame-kind.js";
import { frame } from "./frame.js";

const rtp = [0x80, 111, 0, 1, 0, 0, 0, 0, 0, 0, 0, 9];

describe("the kind of a frame", () => {
	it.each([
		["RTP", frame({ payload: rtp }), "rtp"],
		["RTP with the marker bit", frame({ payload: [0x90, 0x80 | 111, 0, 1] }), "rtp"],
		["RTP behind IP options", frame({ payload: rtp, optionWords: 2 }), "rtp"],
		["an RTCP sender report", frame({ payload: [0x80, 200, 0, 6] }), "udp"],
		["RTCP feedback", frame({ payload: [0x8f, 205, 0, 6] }), "udp"],
		["a STUN binding request", frame({ payload: [0, 1, 0, 8] }), "udp"],
		["DTLS", frame({ payload: [22, 254, 253, 0] }), "udp"],
		["ChannelData of TURN", frame({ payload: [0x40, 0, 0, 4] }), "udp"],
		["an empty UDP datagram", frame(), "udp"],
		["TCP that looks like RTP", frame({ payload: rtp, protocol: 6 }), "other"],
		["a later fragment", frame({ payload: rtp, fragment: 0x2005 }), "other"],
		["the first fragment", frame({ payload: rtp, fragment: 0x2000 }), "rtp"],
		["ARP", frame({ etherType: 0x0806 }), "other"],
		["IPv6", frame({ etherType: 0x86dd }), "other"],
		["a torn frame", frame({ payload: rtp }).subarray(0, 30), "other"],
		["nothing", Buffer.alloc(0), "other"],
	])("%s", (_what, datagram, kind) => {
		expect(frameKind(datagram)).toBe(kind);
	});
});
