import { expect, test } from "vitest";
import { AllocationRelease } from "../../../src/turn/allocation-release.js";
import {
	attributeOf,
	attributeTypes,
	endsAllocation,
	transactionId,
} from "../../../src/turn/turn-message.js";
import { channelData, stun } from "./any-message.js";

const nonce = (text: string) => attribute(attributeTypes.nonce, text);
const authenticated = Buffer.concat([
	attribute(attributeTypes.username, "alice"),
	attribute(attributeTypes.realm, "example"),
	nonce("nonce-1!"),
]);
const allocate = stun(0x0003, authenticated);
const success = stun(0x0103, Buffer.alloc(0));

function allocated(password: string | undefined) {
	const release = new AllocationRelease((username) => (username === "alice" ? password : "wrong"));
	release.onSent(stun(0x0003, Buffer.alloc(0)));
	release.onSent(allocate);
	release.onSent(channelData(0x4000, Buffer.from("media")));
	release.onReceived(success);
	return release;
}

test("a Refresh with lifetime 0, in the client's name and with the nonce it used last", () => {
	const request = allocated("secret").request() ?? Buffer.alloc(0);
	expect(endsAllocation(request)).toBe(true);
	expect(request.readUInt16BE(2)).toBe(request.length - 20);
	expect(String(attributeOf(request, attributeTypes.username))).toBe("alice");
	expect(String(attributeOf(request, attributeTypes.nonce))).toBe("nonce-1!");
	expect(attributeOf(request, attributeTypes.messageIntegrity)?.length).toBe(20);
});

test("nothing is given back without an allocation, or without the password", () => {
	expect(allocated(undefined).request()).toBeUndefined();
	const early = new AllocationRelease(() => "secret");
	early.onSent(allocate);
	expect(early.request()).toBeUndefined();
});

test("a stale nonce is replaced once; any other answer is the end of it", () => {
	const release = allocated("secret");
	const first = release.request() ?? Buffer.alloc(0);
	const error = (code: number) =>
		attribute(attributeTypes.errorCode, Buffer.from([0, 0, Math.floor(code / 100), code % 100]));
	const answer = (to: Buffer, body: Buffer) => stun(0x0114, body, Buffer.from(transactionId(to)));
	expect(release.onAnswer(stun(0x0104, Buffer.alloc(0)))).toBeUndefined();
	const stale = Buffer.concat([error(438), nonce("nonce-2!")]);
	expect(release.onAnswer(answer(first, stale))).toBe("again");
	const second = release.request() ?? Buffer.alloc(0);
	expect(String(attributeOf(second, attributeTypes.nonce))).toBe("nonce-2!");
	expect(release.onAnswer(answer(second, stale))).toBe("done");
	expect(release.onAnswer(answer(second, error(437)))).toBe("done");
});

function attribute(type: number, value: string | Buffer): Buffer {
	const bytes = Buffer.from(value);
	const header = Buffer.alloc(4);
	header.writeUInt16BE(type, 0);
	header.writeUInt16BE(bytes.length, 2);
	return Buffer.concat([header, bytes, Buffer.alloc(-bytes.length & 3)]);
}
