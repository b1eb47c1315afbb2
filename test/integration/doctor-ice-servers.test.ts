import { lookup } from "node:dns/promises";
import { readFile } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { describe, expect, onTestFinished, test } from "vitest";
import { findCoturn } from "../../src/backend/find-coturn.js";
import { startCoturn } from "../../src/backend/start-coturn.js";
import { startLiveKit } from "../../src/backend/start-livekit.js";
import { restCredentials } from "../../src/ice/turn-credentials.js";
import { parseIceUri } from "../../src/ice/uri.js";
import { stunAnswers } from "../../src/turn/stun-answer.js";
import { liveKitBinary, requirePart, withCoturn, withTestCa } from "../rig/real-parts.js";
import { startHttp, tokenFor, walk } from "./doctor-network-rig.js";

requirePart("coturn", "openssl")("ICE servers that clients are handed out", () => {
	const ca = withTestCa();
	const coturn = withCoturn({ ca });
	const port = () => parseIceUri(coturn().uris.udp).port;
	const fresh = (ttlMs = 3_600_000) =>
		restCredentials({ secret: coturn().secret, name: "app", ttlMs, nowMs: Date.now() });

	/** What doctor says of a livekit-server with this under `rtc`. */
	async function handedBy(rtc: Record<string, unknown>) {
		const started = await startLiveKit({ binary: await liveKitBinary(), overrides: { rtc } });
		onTestFinished(() => started.stop());
		return walk({ url: new URL(started.url) }, await tokenFor(started));
	}
	const stun = () => [`127.0.0.1:${port()}`];
	const turn = (protocol: string, ttl = 600) => ({
		...{ host: "127.0.0.1", port: port(), secret: coturn().secret, protocol, ttl },
	});

	describe("by livekit-server", () => {
		test("its own STUN, and TURN over UDP and TCP: no finding", async () => {
			const turn_servers = [turn("udp"), turn("tcp")];
			const { ids, facts, text } = await handedBy({ stun_servers: stun(), turn_servers });
			expect(ids).toEqual([]);
			expect(facts.iceServers?.flatMap(({ urls }) => urls)).toEqual([
				coturn().uris.udp,
				coturn().uris.tcp,
				`stun:127.0.0.1:${port()}`,
			]);
			for (const { password } of facts.iceServers ?? [])
				if (password !== "") expect(text.split(password).length).toBe(1);
		});

		test.each<[string, () => Record<string, unknown>]>([
			["ice-servers.scheme-twice", () => ({ stun_servers: ["stun:142.250.82.127:19302"] })],
			// Of a public server a port where it never answers: as on a closed network, wherever this runs.
			["ice-servers.public-stun-unreachable", () => ({ stun_servers: ["stun.l.google.com:1"] })],
			["ice-servers.doubled", () => ({ stun_servers: [...stun(), ...stun()] })],
			["ice-servers.ipv6-brackets", () => ({ stun_servers: ["2001:db8::1:3478"] })],
			["ice-servers.turn-only-udp", () => ({ stun_servers: stun(), turn_servers: [turn("udp")] })],
			[
				"ice-servers.expiring-credentials",
				() => ({ stun_servers: stun(), turn_servers: [turn("udp", 30), turn("tcp", 30)] }),
			],
			[
				"ice-servers.turn-without-credentials",
				() => ({ turn_servers: [{ host: "127.0.0.1", port: port(), protocol: "tcp" }] }),
			],
			[
				"ice-servers.unknown-host",
				() => ({ turn_servers: [{ ...turn("tcp"), host: "no-such-turn.invalid" }] }),
			],
		])("%s", async (id, rtc) => {
			expect((await handedBy(rtc())).ids).toEqual([id]);
		});
	});

	describe("by a credential service", () => {
		async function handedOut(answer: unknown, status = 200) {
			const body = typeof answer === "string" ? answer : JSON.stringify(answer);
			const service = await startHttp((_request, response) =>
				response.writeHead(status, { "content-type": "application/json" }).end(body),
			);
			return walk({ turnUrl: new URL(`http://127.0.0.1:${service}/ice`) });
		}
		const both = () => [coturn().uris.udp, coturn().uris.tcp];
		const bare = () => `127.0.0.1:${port()}`;

		test("fresh credentials for UDP, TCP and TLS, in every shape: no finding", async () => {
			const { username, password } = fresh();
			const urls = [...both(), coturn().uris.tls];
			const entry = { urls, username, credential: password };
			for (const answer of [
				{ uris: urls, username, password, ttl: 3600 },
				{ iceServers: [{ urls: `stun:${bare()}` }, entry] },
				{ ice_servers: { ...entry, urls: [`stun:${bare()}`, ...urls] } },
				[entry],
			]) {
				const { ids, facts } = await handedOut(answer);
				expect(ids).toEqual([]);
				expect(facts.iceServers?.some(({ from }) => from === "service")).toBe(true);
			}
		});

		const cases: [string, () => unknown, number?][] = [
			["ice-servers.expired-credentials", () => ({ uris: both(), ...fresh(-60_000) })],
			["ice-servers.expiring-credentials", () => ({ uris: both(), ...fresh(20_000) })],
			["ice-servers.missing-transport", () => ({ uris: [`turn:${bare()}`], ...fresh() })],
			["ice-servers.turn-only-udp", () => ({ uris: [coturn().uris.udp], ...fresh() })],
			["ice-servers.turn-only-tcp", () => ({ uris: [coturn().uris.tcp], ...fresh() })],
			["ice-servers.doubled", () => ({ uris: [...both(), ...both()], ...fresh() })],
			["ice-servers.doubled", () => ({ uris: [...both(), `TURN:${bare()}`], ...fresh() })],
			[
				"ice-servers.stun-with-credentials",
				() => [
					{ urls: [`stun:${bare()}`], username: "a", credential: "b" },
					{ urls: both(), ...fresh() },
				],
			],
			["ice-servers.slashes", () => ({ uris: [`turn://${bare()}`], ...fresh() })],
			["ice-servers.no-scheme", () => ({ uris: [bare(), ...both()], ...fresh() })],
			["ice-servers.stun-with-parameters", () => [{ urls: `stun:${bare()}?transport=udp` }]],
			[
				"ice-servers.unknown-transport",
				() => ({ uris: [`turn:${bare()}?transport=tls`], ...fresh() }),
			],
			[
				"ice-servers.turns-over-udp",
				() => ({ uris: [...both(), `turns:${bare()}?transport=udp`], ...fresh() }),
			],
			["ice-servers.turn-without-credentials", () => [{ urls: both() }]],
			["ice-servers.no-turn", () => [{ urls: `stun:${bare()}` }]],
			["ice-servers.service-empty", () => ({ iceServers: [] })],
			["ice-servers.service-not-json", () => "<html>login</html>"],
			["ice-servers.service-refused", () => ({ error: "no" }), 401],
			["ice-servers.service-failed", () => ({ error: "no" }), 500],
			["ice-servers.service-failed", () => "", 302],
		];
		test.each(cases)("%s (%#)", async (id, answer, status) => {
			const { ids, text } = await handedOut(answer(), status);
			expect(ids[0]).toBe(id);
			expect(text).not.toContain(coturn().secret);
		});

		test("a name whose look-up fails after the time is up harms nothing", async () => {
			expect(await stunAnswers("no-such-stun.invalid", 3478, 0)).toBe(false);
			// By then the socket's own look-up has failed, too.
			await expect(lookup("no-such-stun.invalid")).rejects.toThrow();
		});

		test("a service that is not there", async () => {
			const { ids } = await walk({ turnUrl: new URL("http://127.0.0.1:1/ice") });
			expect(ids).toEqual(["ice-servers.service-unreachable"]);
		});

		test("LiveKit's clock decides, too, whether credentials are over", async () => {
			const { username, password } = fresh(600_000);
			const service = await startHttp((_request, response) =>
				response.end(JSON.stringify({ uris: both(), username, password })),
			);
			const turnUrl = new URL(`http://127.0.0.1:${service}/ice`);
			const { ids } = await walk({ turnUrl }, undefined, { clockOffsetMs: 3_600_000 });
			expect(ids).toEqual(["ice-servers.expired-credentials"]);
		});
	});

	/** An address of its own: the usual ports of 127.0.0.1 may be somebody's. */
	const host = "127.77.0.1";

	test("turn: to a port that speaks TLS alone, turns: to one that speaks none", async () => {
		const plain = await startCoturn({ binary: await findCoturn(process.env) });
		onTestFinished(() => plain.stop());
		const backPort = parseIceUri(plain.uris.udp).port;
		const { certFile, keyFile } = ca().server;
		const pem = { cert: await readFile(certFile), key: await readFile(keyFile) };
		const pipeOn = (front: Socket) => {
			const back = connect(backPort, "127.0.0.1");
			for (const socket of [front, back]) socket.on("error", () => {});
			front.pipe(back).pipe(front);
		};
		const fronts = [
			createTlsServer(pem, pipeOn).listen(5349, host),
			createServer(pipeOn).listen(3478, host),
		];
		onTestFinished(() => void fronts.map((front) => front.close()));
		const ids = async (uri: string) =>
			(await walk({ turn: { uri, username: "a", password: "b" } })).ids;
		expect(await ids(`turn:${host}:5349?transport=tcp`)).toEqual(["ice-servers.turn-on-tls-port"]);
		expect(await ids(`turns:${host}:3478?transport=tcp`)).toEqual([
			"ice-servers.turns-on-plain-port",
		]);
		expect(await ids(`turns:${host}:5349?transport=tcp`)).toEqual([]);
		expect(await ids(`turn:${host}:3478?transport=tcp`)).toEqual([]);
	});

	test("--turn alone, over UDP, is no finding", async () => {
		const turn = { uri: coturn().uris.udp, secret: coturn().secret };
		const { ids, facts } = await walk({ turn });
		expect(ids).toEqual([]);
		expect(facts.iceServers).toMatchObject([{ urls: [coturn().uris.udp], from: "flag" }]);
	});
});
