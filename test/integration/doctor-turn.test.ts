import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { stun } from "../../src/doctor/checks/stun.js";
import { turn as check } from "../../src/doctor/checks/turn.js";
import { type CoturnVariant, type CoturnWith, startCoturnWith } from "../rig/coturn-with.js";
import { requirePart, withTestCa } from "../rig/real-parts.js";
import { examine, goodFor, handed } from "./doctor-turn-rig.js";

requirePart("coturn", "openssl")("the doctor's TURN check on coturn", () => {
	const ca = withTestCa();

	describe("that is healthy", () => {
		let turn: CoturnWith;
		beforeAll(async () => {
			turn = await startCoturnWith({ tls: ca().server });
		});
		afterAll(() => turn.stop());

		test("nothing is found over UDP, TCP and TLS, and no allocation stays behind", async () => {
			const servers = [handed(turn, ["udp", "tcp", "tls"], goodFor(turn))];
			const target = {
				...{ url: new URL("ws://127.0.0.1:7880"), turnConfig: turn.configFile },
				caPem: await readFile(ca().caFile, "utf8"),
			};
			const result = await examine(check, servers, target, [turn.secret]);
			expect(result.findings).toEqual([]);
			expect(result.relays?.map(({ transport, works }) => [transport, works])).toEqual([
				["udp", true],
				["tcp", true],
				["tls", true],
			]);
			for (const line of result.lines) expect(line).toContain("100 of 100 packets back, RTT p50");
			await vi.waitFor(async () => {
				const log = await turn.log();
				const made = [...log.matchAll(/session (\d+): new, /g)].map(([, id]) => id);
				expect(made.length).toBe(3);
				for (const id of made)
					expect(log).toMatch(new RegExp(`session ${id}: refreshed, .*lifetime=0`));
			});
		});

		test("nothing is found by the STUN check, which tells our address", async () => {
			const result = await examine(stun, [handed(turn, ["stun", "udp", "tcp"], goodFor(turn))]);
			expect(result.findings).toEqual([]);
			expect(result.lines.map((line) => line.replace(/[\d.]+ ms/, "… ms"))).toEqual([
				`STUN at 127.0.0.1:${turn.port} over UDP: sees us as 127.0.0.1, … ms`,
				`STUN at 127.0.0.1:${turn.port} over TCP: sees us as 127.0.0.1, … ms`,
			]);
		});

		test("a certificate of an unknown CA", async () => {
			const tls = [handed(turn, ["tls"], goodFor(turn))];
			expect((await examine(check, tls)).ids).toEqual(["turn.certificate-untrusted"]);
		});

		test("a plain port that is handed out as TLS", async () => {
			const wrong = { ...turn, tlsPort: turn.relayPorts[0] };
			const result = await examine(check, [handed(wrong, ["udp", "tls"], goodFor(turn))]);
			expect(result.ids).toEqual(["turn.tls-unreachable"]);
			expect(result.relays?.map(({ works }) => works)).toEqual([true, false]);
		});
	});

	/** First finding's id by the STUN and the TURN check of a coturn with this fault. */
	const faults: [name: string, variant: CoturnVariant, stun: string[], turn: string[]][] = [
		["no-stun", { lines: ["no-stun"] }, ["stun.switched-off"], []],
		["secure-stun", { lines: ["secure-stun"] }, ["stun.asks-credentials"], []],
		["stun-only", { lines: ["stun-only"] }, [], ["turn.stun-only"]],
		["no-udp", { lines: ["no-udp"] }, ["stun.refused"], ["turn.udp-unreachable"]],
		["no-tcp", { lines: ["no-tcp"] }, [], ["turn.tcp-unreachable"]],
		["no-udp-relay", { lines: ["no-udp-relay"] }, [], ["turn.no-udp-relay"]],
		["multicast peers", { without: ["no-multicast-peers"] }, [], ["turn.multicast-peers-allowed"]],
		[
			"external-ip of nobody",
			{ lines: ["external-ip=203.0.113.9"] },
			[],
			["turn.relay-address-wrong"],
		],
		["denied-peer-ip", { lines: ["denied-peer-ip=127.0.0.1"] }, [], ["turn.peer-refused"]],
		["no loopback peers", { without: ["allow-loopback-peers"] }, [], ["turn.peer-refused"]],
		["a dead redirect", { lines: ["alternate-server=127.0.0.1:9"] }, [], ["turn.redirect"]],
		[
			"no-auth",
			{ lines: ["no-auth"], without: ["use-auth-secret", "static-auth-secret"] },
			[],
			["turn.no-auth"],
		],
		["total-quota too small", { lines: ["total-quota=1"] }, [], ["turn.quota"]],
	];

	test.each(faults)("%s", async (_name, variant, stunIds, turnIds) => {
		const turn = await startCoturnWith(variant);
		try {
			const servers = [handed(turn, ["stun", "udp", "tcp"], goodFor(turn))];
			const [bySTUN, byTURN] = await Promise.all([
				examine(stun, servers, {}, [turn.secret]),
				examine(check, servers, { url: new URL("ws://127.0.0.1:7880") }, [turn.secret]),
			]);
			expect(bySTUN.ids).toEqual(stunIds);
			expect(byTURN.ids).toEqual(turnIds);
		} finally {
			await turn.stop();
		}
	});
});
