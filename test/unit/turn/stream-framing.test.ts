import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Deframer, FramingError, frame } from "../../../src/turn/stream-framing.js";
import { anyMessage, anyStun, channelData, stun } from "./any-message.js";

const paddedTo4 = (length: number) => Math.ceil(length / 4) * 4;

describe("frame", () => {
	test("STUN passes as it is, without a copy", () => {
		fc.assert(
			fc.property(anyStun, (message) => {
				expect(frame(message)).toBe(message);
			}),
		);
	});

	test("ChannelData is padded with zeros, and its length field is left alone", () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 70 }), (payload) => {
				const message = channelData(0x4001, Buffer.from(payload));
				const framed = frame(message);
				expect(framed.length).toBe(paddedTo4(message.length));
				expect(framed.subarray(0, message.length).equals(message)).toBe(true);
				expect(framed.subarray(message.length).every((byte) => byte === 0)).toBe(true);
			}),
		);
	});

	test("ChannelData that the client has padded already is padded no further", () => {
		const padded = Buffer.concat([channelData(0x4000, Buffer.from("hello")), Buffer.alloc(3)]);
		expect(frame(padded)).toBe(padded);
	});

	test.each([
		["nothing", Buffer.alloc(0)],
		["a DTLS record", Buffer.from("16fefd0000000000", "hex")],
		["RTP", Buffer.from("8060000100000001", "hex")],
		["a reserved channel number", channelData(0x5000, Buffer.from("data"))],
		["half a ChannelData header", Buffer.from("4000", "hex")],
		["ChannelData cut short", channelData(0x4000, Buffer.from("data")).subarray(0, 7)],
		["STUN cut short", stun(0x0001, Buffer.alloc(8)).subarray(0, 24)],
		["half a STUN header", stun(0x0001, Buffer.alloc(0)).subarray(0, 6)],
		["STUN with bytes after its end", Buffer.concat([stun(1, Buffer.alloc(4)), Buffer.alloc(4)])],
		["STUN of RFC 3489, without the cookie", Buffer.alloc(20)],
	])("%s is refused", (_name, datagram) => {
		expect(() => frame(datagram)).toThrow(FramingError);
	});
});

describe("Deframer", () => {
	test("any messages, split anywhere, come out as they were sent over UDP", () => {
		const traffic = fc.tuple(anyStun, fc.array(anyMessage, { maxLength: 12 }));
		const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 20 });
		fc.assert(
			fc.property(traffic, cuts, ([first, others], sizes) => {
				const sent = [first, ...others];
				const stream = Buffer.concat(sent.map(frame));
				const deframer = new Deframer();
				const received: Buffer[] = [];
				for (let at = 0, turn = 0; at < stream.length; turn++) {
					const size = sizes[turn % sizes.length] ?? 1;
					// A copy: the chunk's memory is used again, as a socket may.
					const chunk = Buffer.from(stream.subarray(at, at + size));
					received.push(...deframer.push(chunk).map((message) => Buffer.from(message)));
					chunk.fill(0xff);
					at += size;
				}
				expect(received.map((message) => message.toString("hex"))).toEqual(
					sent.map((message) => message.toString("hex")),
				);
				expect(deframer.unfinished).toBe(0);
			}),
		);
	});

	test("messages that lie whole in a chunk are views of it", () => {
		const greeting = stun(0x0103, Buffer.alloc(4));
		const data = channelData(0x4000, Buffer.from("hello"));
		const chunk = Buffer.concat([greeting, frame(data)]);
		const messages = new Deframer().push(chunk);
		expect(messages.map(({ length }) => length)).toEqual([greeting.length, data.length]);
		for (const message of messages) expect(message.buffer).toBe(chunk.buffer);
	});

	test("what is unfinished is told", () => {
		const deframer = new Deframer();
		expect(deframer.push(stun(0x0103, Buffer.alloc(8)).subarray(0, 21))).toEqual([]);
		expect(deframer.unfinished).toBe(21);
	});

	test.each([
		["an HTTP server, whose H looks like a channel", "HTTP/1.1 400 Bad Request\r\n"],
		["an SSH server", "SSH-2.0-OpenSSH_9.2\r\n"],
		["a mail server, whose digits look like STUN", "220 mail.example.org ESMTP\r\n"],
		["a TLS server that was not spoken to in TLS", "\x15\x03\x01\x00\x02\x02\x46\x15\x03\x01"],
	])("%s is no TURN server, at any split", (_name, text) => {
		const bytes = Buffer.from(text, "latin1");
		expect(() => new Deframer().push(bytes)).toThrow(FramingError);
		const deframer = new Deframer();
		expect(() => {
			for (const byte of bytes) deframer.push(Buffer.from([byte]));
		}).toThrow(FramingError);
	});

	test("garbage after good messages is found", () => {
		const deframer = new Deframer();
		deframer.push(stun(0x0103, Buffer.alloc(0)));
		expect(() => deframer.push(Buffer.from([0xff]))).toThrow("0xff");
	});

	test("a message that no datagram can hold is refused when its header is read", () => {
		const header = stun(0x0103, Buffer.alloc(0));
		header.writeUInt16BE(65_532, 2);
		expect(() => new Deframer().push(header)).toThrow("65552 bytes");
		const deframer = new Deframer();
		deframer.push(stun(0x0103, Buffer.alloc(0)));
		expect(() => deframer.push(Buffer.from("4000ffff", "hex"))).toThrow("more than a datagram");
	});
});
