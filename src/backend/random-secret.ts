import { randomBytes } from "node:crypto";

/**
 * 256 random bits in hexadecimal: long enough for LiveKit (32 characters), safe in every config syntax, and as the
 * value of a flag, which may not begin with a hyphen.
 */
export function randomSecret(): string {
	return randomBytes(32).toString("hex");
}

/** A fresh LiveKit API key name. Not secret, but never the same twice. */
export function randomApiKey(): string {
	return `API${randomBytes(6).toString("hex")}`;
}
