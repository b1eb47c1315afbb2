import { createHash, createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { wholeMessage } from "../../../src/turn/stream-framing.js";
import { xorAddressOf } from "../../../src/turn/stun-attribute.js";
import { channelData, stunRequest, stunSend } from "../../../src/turn/stun-request.js";
import { attributeOf, attributeTypes } from "../../../src/turn/turn-message.js";

const peer = { address: "192.0.2.7", port: 40_000 };

test("a request is one whole message with the attributes of its method", () => {
	const allocate = stunRequest("allocate", { relay: true });
	expect(wholeMessage(allocate).readUInt16BE(0)).toBe(0x0003);
	expect(attributeOf(allocate, attributeTypes.requestedTransport)?.[0]).toBe(17);
	const bind = stunRequest("channelBind", { channel: 0x4001, peer });
	expect(bind.readUInt16BE(0)).toBe(0x0009);
	expect(attributeOf(bind, attributeTypes.channelNumber)?.toString("hex")).toBe("40010000");
	expect(xorAddressOf(bind, attributeTypes.xorPeerAddress)).toEqual(peer);
	const refresh = stunRequest("refresh", { lifetimeSeconds: 600 });
	expect(attributeOf(refresh, attributeTypes.lifetime)?.readUInt32BE(0)).toBe(600);
	expect(stunRequest("binding", {})).toHaveLength(20);
});

test("a signature covers all before it, with a length that counts the signature", () => {
	const key = {
		...{ username: Buffer.from("マトリックス"), realm: Buffer.from("example.org") },
		...{ nonce: Buffer.from("f//499k954d6OL34oL9FSTvy64sA"), password: "TheMatrIX" },
	};
	const message = wholeMessage(stunRequest("createPermission", { peer }, key));
	const secret = createHash("md5").update("マトリックス:example.org:TheMatrIX").digest();
	const expected = createHmac("sha1", secret).update(message.subarray(0, -24)).digest();
	expect(attributeOf(message, attributeTypes.messageIntegrity)).toEqual(expected);
	expect(String(attributeOf(message, attributeTypes.username))).toBe("マトリックス");
});

test("no two requests share an id", () => {
	const ids = Array.from({ length: 100 }, () => stunRequest("binding", {}).toString("hex", 8));
	expect(new Set(ids).size).toBe(100);
});

test("payloads, with a channel and without", () => {
	const payload = Buffer.from("media");
	const sent = wholeMessage(stunSend(peer, payload));
	expect(attributeOf(sent, attributeTypes.data)).toEqual(payload);
	expect(xorAddressOf(sent, attributeTypes.xorPeerAddress)).toEqual(peer);
	expect(wholeMessage(channelData(0x4000, payload)).toString("hex")).toBe("400000056d65646961");
});
