import { isIPv4, SocketAddress } from "node:net";
import { attributeOf, magicCookie, stunHeaderBytes } from "./turn-message.js";

/** An IP address and a port, as STUN messages carry them. */
export interface StunAddress {
	readonly address: string;
	readonly port: number;
}

/** One attribute with its header, padded to whole words (RFC 8489, section 14). */
export function attribute(type: number, value: Buffer): Buffer {
	const padded = Buffer.alloc(4 + Math.ceil(value.length / 4) * 4);
	padded.writeUInt16BE(type, 0);
	padded.writeUInt16BE(value.length, 2);
	value.copy(padded, 4);
	return padded;
}

/**
 * The value of an XOR-…-ADDRESS (RFC 8489, section 14.2).
 * @param id the message's transaction id, which takes part in IPv6 addresses
 */
export function xorAddress({ address, port }: StunAddress, id: Buffer): Buffer {
	const bytes = isIPv4(address)
		? Buffer.from(address.split(".").map(Number))
		: bytesOfIPv6(address);
	const head = Buffer.from([0, bytes.length === 4 ? 1 : 2, 0, 0]);
	head.writeUInt16BE(port ^ (magicCookie >>> 16), 2);
	return Buffer.concat([head, xor(bytes, id)]);
}

/** Of a whole message; undefined where the attribute is not there, or is none. */
export function xorAddressOf(message: Buffer, type: number): StunAddress | undefined {
	const value = attributeOf(message, type);
	const family = familyOf(value);
	if (value === undefined || family === undefined) return undefined;
	const id = message.subarray(8, stunHeaderBytes);
	const port = value.readUInt16BE(2) ^ (magicCookie >>> 16);
	return { address: textOf(xor(value.subarray(4), id), family), port };
}

/** As `xorAddressOf`, for MAPPED-ADDRESS and ALTERNATE-SERVER, which stand as they are. */
export function addressOf(message: Buffer, type: number): StunAddress | undefined {
	const value = attributeOf(message, type);
	const family = familyOf(value);
	if (value === undefined || family === undefined) return undefined;
	return { address: textOf(value.subarray(4), family), port: value.readUInt16BE(2) };
}

/** The number in an ERROR-CODE (RFC 8489, section 14.8) and its reason. */
export function errorOf(
	message: Buffer,
	type: number,
): { code: number; reason: string } | undefined {
	const value = attributeOf(message, type);
	if (value === undefined || value.length < 4) return undefined;
	const code = (value.readUInt8(2) & 7) * 100 + value.readUInt8(3);
	return { code, reason: value.subarray(4).toString() };
}

function familyOf(value: Buffer | undefined): "ipv4" | "ipv6" | undefined {
	if (value?.length === 8 && value[1] === 1) return "ipv4";
	return value?.length === 20 && value[1] === 2 ? "ipv6" : undefined;
}

function xor(bytes: Buffer, id: Buffer): Buffer {
	const mask = Buffer.alloc(16);
	mask.writeUInt32BE(magicCookie, 0);
	id.copy(mask, 4, 0, 12);
	return Buffer.from(bytes.map((byte, index) => byte ^ (mask[index] ?? 0)));
}

function textOf(bytes: Buffer, family: "ipv4" | "ipv6"): string {
	if (family === "ipv4") return bytes.join(".");
	const words = Array.from({ length: 8 }, (_, at) => bytes.readUInt16BE(at * 2).toString(16));
	return new SocketAddress({ address: words.join(":"), family }).address;
}

/** The WHATWG parser writes "::" and dotted tails out as hexadecimal words. */
function bytesOfIPv6(address: string): Buffer {
	const canonical = new URL(`http://[${address}]/`).hostname.slice(1, -1);
	const [head = "", tail] = canonical.split("::");
	const before = head === "" ? [] : head.split(":");
	const after = tail === undefined || tail === "" ? [] : tail.split(":");
	const zeros = Array.from({ length: 8 - before.length - after.length }, () => "0");
	const words = [...before, ...zeros, ...after];
	return Buffer.from(words.map((word) => word.padStart(4, "0")).join(""), "hex");
}
