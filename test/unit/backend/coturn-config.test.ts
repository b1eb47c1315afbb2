import { expect, test } from "vitest";
import { coturnConfig } from "../../../src/backend/coturn-config.js";

const facts = {
	host: "127.0.0.1",
	port: 12_500,
	relayStart: 12_501,
	relayEnd: 14_999,
	realm: "livesoak.test",
	secret: "the-secret",
	folder: "/tmp/livesoak-coturn-x",
};

test("coturn listens and relays on one host only and keeps its files in its folder", () => {
	const lines = coturnConfig(facts).trimEnd().split("\n");
	expect(lines).toEqual(
		expect.arrayContaining([
			"listening-ip=127.0.0.1",
			"relay-ip=127.0.0.1",
			"listening-port=12500",
			"min-port=12501",
			"max-port=14999",
			"use-auth-secret",
			"static-auth-secret=the-secret",
			"realm=livesoak.test",
			"allow-loopback-peers",
			"no-tls",
			"no-dtls",
			"no-multicast-peers",
			"no-cli",
		]),
	);
	const paths = lines.flatMap((line) => /=(\/.*)$/.exec(line)?.[1] ?? []);
	expect(paths).toHaveLength(3);
	for (const path of paths) expect(path.startsWith(`${facts.folder}/`)).toBe(true);
});

test("a certificate switches TLS on, without the versions that RFC 8996 retired", () => {
	const tls = { port: 5349, certFile: "/c.pem", keyFile: "/k.pem" };
	const lines = coturnConfig({ ...facts, tls }).split("\n");
	for (const line of [
		"tls-listening-port=5349",
		"cert=/c.pem",
		"pkey=/k.pem",
		"no-tlsv1",
		"no-tlsv1_1",
	]) {
		expect(lines).toContain(line);
	}
	expect(lines).not.toContain("no-tls");
});
