import { randomBytes } from "node:crypto";

/** 256 random bits as 43 URL-safe characters: long enough for LiveKit (32) and safe in every config syntax. */
export function randomSecret(): string {
	return randomBytes(32).toString("base64url");
}

/** A fresh LiveKit API key name. Not secret, but never the same twice. */
export function randomApiKey(): string {
	return `API${randomBytes(6).toString("hex")}`;
}
