import { createHmac } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import type { Key } from "../../src/doctor/token/key.js";

/** One file of test/cases/doctor/token: a healthy token, changed as it says. */
export interface TokenCase {
	readonly why: string;
	/** Ids of the findings, in their order. */
	readonly expect: readonly string[];
	/** How a real livekit-server answers /rtc/validate; absent: it cannot be asked so. */
	readonly server?: number;
	/** The whole token; `{secret}` is the server's. */
	readonly text?: string;
	readonly header?: Readonly<Record<string, unknown>>;
	/** Over those of a healthy token; null takes one away. `{secret}` is filled in here, too. */
	readonly claims?: Readonly<Record<string, unknown>>;
	readonly video?: unknown;
	/** Seconds from now for exp, nbf and iat; a text stays one, null takes it away. */
	readonly seconds?: Readonly<Record<string, number | string | null>>;
	/** Those that are written in milliseconds. */
	readonly milliseconds?: readonly string[];
	/** What it is signed with, `base64:` decoded. @default "{secret}" */
	readonly sign?: string;
	/** What is handed to the lint in place of the true ones. */
	readonly keyGiven?: string;
	readonly secretGiven?: string;
	/** What stands round `{token}`, which may be cut: `{token:40}`, `{token:-9}`, `{token:rest}`; `{unsigned}`. */
	readonly wrap?: string;
	/** base64 with padding in place of base64url. */
	readonly padded?: boolean;
}

const folder = new URL("../cases/doctor/token/", import.meta.url);

export const tokenCases: readonly (readonly [name: string, TokenCase])[] = readdirSync(folder)
	.filter((name) => name.endsWith(".json"))
	.map((name) => [name.slice(0, -5), JSON.parse(readFileSync(new URL(name, folder), "utf8"))]);

/** The token of a case, and the key and secret that the lint is given with it. */
export function makeToken(one: TokenCase, key: Key, nowMs: number): { text: string; given: Key } {
	const fill = (text: string) => text.replaceAll("{secret}", key.apiSecret);
	const given = {
		apiKey: fill(one.keyGiven ?? key.apiKey),
		apiSecret: fill(one.secretGiven ?? key.apiSecret),
	};
	if (one.text !== undefined) return { text: fill(one.text), given };
	const encoding = one.padded ? "base64" : "base64url";
	const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString(encoding);
	const header = one.header ?? { alg: "HS256", typ: "JWT" };
	const unsigned = `${encode(header)}.${encode(claimsOf(one, key, nowMs))}`;
	const token = `${unsigned}.${sign(unsigned, fill(one.sign ?? "{secret}"))}`;
	return { text: wrapped(one.wrap ?? "{token}", token, unsigned), given };
}

function claimsOf(
	one: TokenCase,
	{ apiKey, apiSecret }: Key,
	nowMs: number,
): Record<string, unknown> {
	const seconds = { nbf: -10, exp: 3_600, ...one.seconds };
	const times = Object.entries(seconds).map(([name, offset]) => {
		if (offset === null) return [name, null];
		const atMs = nowMs + Number(offset) * 1_000;
		const value = Math.floor(one.milliseconds?.includes(name) ? atMs : atMs / 1_000);
		return [name, typeof offset === "string" ? String(value) : value];
	});
	const changes = JSON.stringify(one.claims ?? {}).replaceAll("{secret}", apiSecret);
	const claims = {
		...{ iss: apiKey, sub: "alice", video: one.video ?? { roomJoin: true, room: "demo" } },
		...Object.fromEntries(times),
		...JSON.parse(changes),
	};
	return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== null));
}

function sign(unsigned: string, secret: string): string {
	const key = secret.startsWith("base64:") ? Buffer.from(secret.slice(7), "base64") : secret;
	return createHmac("sha256", key).update(unsigned).digest("base64url");
}

function wrapped(wrap: string, token: string, unsigned: string): string {
	return wrap
		.replace("{unsigned}", unsigned)
		.replace("{token:40}", token.slice(0, 40))
		.replace("{token:rest}", token.slice(40))
		.replace("{token:-9}", token.slice(0, -9))
		.replace("{token}", token);
}
