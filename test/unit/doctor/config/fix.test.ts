import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
	fixedLivekitConfig,
	fixedPath,
	fixedTurnConfig,
	writeFixed,
} from "../../../../src/doctor/config/fix.js";
import { type LintCase, lintCases } from "./lint-cases.js";

const fix = ({ kind, text, facts }: LintCase) =>
	kind === "livekit" ? fixedLivekitConfig(text, facts) : fixedTurnConfig(text, facts);

test.each(lintCases)("$name: what is fixed is clean, and stays as it is", (one) => {
	const once = fix(one);
	expect(once.left.filter(({ edits }) => edits.length > 0)).toEqual([]);
	// A name put right may bring up what is wrong with its value, or cure what came of its lack.
	if (!one.name.startsWith("unknown-")) {
		const ids = [...once.fixed, ...once.left].map(({ id }) => id);
		expect(new Set(ids)).toEqual(new Set(one.expected.map((line) => line.split(" ")[1])));
	}
	const twice = fix({ ...one, text: once.text });
	expect(twice.text).toBe(once.text);
	expect(twice.fixed).toEqual([]);
	if (once.fixed.length === 0) expect(once.text).toBe(one.text);
});

const find = (name: string): LintCase => {
	const found = lintCases.find((one) => one.name === name);
	if (found === undefined) throw new Error(`no case ${name}`);
	return found;
};

describe("a fixed file", () => {
	test("keeps comments and the order of keys in YAML", () => {
		const text = [
			"# our server",
			"keys: {devkey: 0123456789abcdef0123456789abcdef}",
			"",
			"rtc:",
			"  # the one in the cellar",
			'  stun_servers: ["stun:192.0.2.1:3478"] # do not touch',
			"  port_range_end: 50000 # low",
			"  port_range_start: 60000",
			"",
		].join("\n");
		const { text: fixed } = fixedLivekitConfig(text, find("stun-scheme").facts);
		expect(fixed).toBe(
			text
				.replace('["stun:192.0.2.1:3478"]', '[ "192.0.2.1:3478" ]')
				.replace(
					"{devkey: 0123456789abcdef0123456789abcdef}",
					"{ devkey: 0123456789abcdef0123456789abcdef }",
				)
				.replace("port_range_end: 50000", "port_range_end: 60000")
				.replace("port_range_start: 60000", "port_range_start: 50000"),
		);
	});

	test("keeps every other line of a turnserver.conf, and removed ones as comments", () => {
		const text = "# ours\r\nno-stun\r\nrealm=x\r\nlt-cred-mech\r\n\r\n# users\r\nuser=a:b\r\n";
		const { text: fixed } = fixedTurnConfig(text, find("multicast-peers").facts);
		expect(fixed).toBe(`${text.replace("no-stun", "#no-stun")}no-multicast-peers\r\n`);
	});

	test("takes a comment off a value without losing it", () => {
		const { text } = fix(find("inline-comment"));
		expect(text.split("\n")).toEqual([
			"use-auth-secret",
			"# ours",
			"static-auth-secret=abc",
			"realm=x",
			"# safe",
			"no-multicast-peers",
			"",
		]);
	});

	test("gets a redis URL as host:port, but not one with a password in it", () => {
		expect(fix(find("redis-url")).text).toContain("address: redis.internal:6379");
		expect(fix(find("redis-url-password")).fixed).toEqual([]);
	});
});

describe("any mixture of faults", () => {
	const broken = (kind: LintCase["kind"]) =>
		lintCases.filter((one) => one.kind === kind && Object.keys(one.facts).length === 3);
	const facts = find("stun-scheme").facts;

	test("turnserver.conf: fixed once, it has nothing left to fix", () => {
		const lines = fc.constantFrom(
			...broken("turn").flatMap(({ text }) => text.trimEnd().split("\n")),
		);
		fc.assert(
			fc.property(
				fc.array(lines, { minLength: 1, maxLength: 14 }),
				fc.constantFrom("\n", "\r\n"),
				(some, end) => {
					// A known option, so that it is a turnserver.conf at all.
					const text = ["verbose", ...some].join(end);
					const once = fixedTurnConfig(text, facts);
					expect(once.left.filter(({ edits }) => edits.length > 0)).toEqual([]);
					expect(fixedTurnConfig(once.text, facts).text).toBe(once.text);
					if (once.fixed.length === 0) expect(once.text).toBe(text);
				},
			),
			{ numRuns: 120 },
		);
	});

	test("livekit.yaml: fixed once, it has nothing left to fix", () => {
		const parts = {
			stun: fc.constantFrom(
				"",
				"stun:a.example:1",
				"2001:db8::1",
				"b.example",
				"turns:c.example?transport=tcp",
			),
			external: fc.boolean(),
			nodeIp: fc.constantFrom("203.0.113.7", "10.0.0.7", "127.0.0.1"),
			start: fc.integer({ min: 1024, max: 65_535 }),
			end: fc.integer({ min: 1024, max: 65_535 }),
			tcp: fc.constantFrom("0", '"7881"', "7881"),
			protocol: fc.constantFrom("UDP", "turns", "tls"),
			host: fc.constantFrom("turn:t.example:3478", "t.example", "https://t.example/"),
			redis: fc.constantFrom("redis://r:6379", "r", "r:6379"),
			turn: fc.boolean(),
			range: fc.constantFrom("port_range_end", "port_range_ends"),
		};
		fc.assert(
			fc.property(fc.record(parts), (one) => {
				const text = `# top
rtc:
  stun_servers: ["${one.stun}"]
  use_external_ip: ${one.external}
  node_ip: ${one.nodeIp} # here
  port_range_start: ${one.start}
  ${one.range}: ${one.end}
  tcp_port: ${one.tcp}
  turn_servers: [{ host: "${one.host}", protocol: ${one.protocol}, secret: s }]
redis: { address: "${one.redis}" }
turn: { enabled: ${one.turn} }
`;
				const once = fixedLivekitConfig(text, facts);
				expect(once.left.filter(({ edits }) => edits.length > 0)).toEqual([]);
				expect(fixedLivekitConfig(once.text, facts).text).toBe(once.text);
				if (once.fixed.length === 0) expect(once.text).toBe(text);
			}),
			{ numRuns: 50 },
		);
	});
});

describe("writing it", () => {
	let folder = "";
	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), "livesoak-fix-"));
	});
	afterAll(() => rm(folder, { recursive: true }));

	test("goes next to the original, closed to others, and never over anything", async () => {
		const path = join(folder, "livekit.yaml");
		await writeFile(path, "old");
		const target = await writeFixed(path, "new");
		expect(target).toBe(join(folder, "livekit.fixed.yaml"));
		expect((await stat(target)).mode & 0o777).toBe(0o600);
		await expect(writeFixed(path, "newer")).rejects.toThrow(/exists already/);
		expect(await readFile(target, "utf8")).toBe("new");
		expect(await readFile(path, "utf8")).toBe("old");
	});

	test("names a file without an ending, too", () => {
		expect(fixedPath("/etc/turnserver.conf")).toBe("/etc/turnserver.fixed.conf");
		expect(fixedPath("livekit")).toBe("livekit.fixed");
	});

	test("says which folder it cannot write", async () => {
		await expect(writeFixed(join(folder, "absent", "a.yaml"), "x")).rejects.toThrow(
			/cannot be written/,
		);
	});
});
