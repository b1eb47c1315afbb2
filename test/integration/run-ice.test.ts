import { createServer } from "node:net";
import { expect, test, vi } from "vitest";
import { findCoturn } from "../../src/backend/find-coturn.js";
import { startCoturn } from "../../src/backend/start-coturn.js";
import type { Summary } from "../../src/verdict/summary.js";
import { lenient, toServer, withCli } from "../rig/cli.js";
import { requirePart, withCoturn, withLiveKit, withTestCa } from "../rig/real-parts.js";
import { expectConserved, readEvents, readSummary } from "../rig/result.js";
import { turnSessions } from "../rig/turn-log.js";

const load = "load: [{ ramp: 1s, to: 100% }, { hold: 5s }]";
const three = `
name: three
participants: { publishers: 1, subscribers: 2 }
${load}
thresholds: { connect.media: ["failed < 1%"] }
${lenient}
`;

const engines = ["native", "lite"] as const;

requirePart("coturn", "openssl")("ICE policies, forced", () => {
	const cli = withCli();
	const server = withLiveKit();
	const ca = withTestCa();
	const turn = withCoturn({ ca });

	const turnFlags = (uris: object, caFile = ca().caFile) => [
		...Object.values(uris).flatMap((uri) => ["--turn", String(uri)]),
		...["--turn-ca", caFile],
	];

	/** A run against the server of this group. */
	async function runOn(
		engine: (typeof engines)[number],
		yaml: string,
		flags: readonly string[],
		secret?: string,
	) {
		const { args, env } = toServer(server());
		const run = await cli().runScenario(yaml, ["--engine", engine, ...args, ...flags], {
			...env,
			...(secret === undefined ? {} : { LIVESOAK_TURN_SECRET: secret }),
		});
		return { ...run, summary: await readSummary(run.out) };
	}

	function expectAllOver(summary: Summary, pair: object) {
		expect(summary).toMatchObject({
			participants: { planned: 3, joined: 3, failed: 0, lost: 0 },
			packets: { lost: 0 },
		});
		expect(summary.packets.received).toBeGreaterThan(0);
		expect(summary.candidatePairs.length).toBeGreaterThan(0);
		for (const each of summary.candidatePairs) expect(each).toMatchObject(pair);
		const people = summary.candidatePairs.reduce((sum, { count }) => sum + count, 0);
		expect(people).toBeGreaterThanOrEqual(3);
	}

	const policies = [
		{ engine: "native", policy: "direct", protocol: "udp" },
		{ engine: "native", policy: "tcp", protocol: "tcp" },
		{ engine: "lite", policy: "direct", protocol: "udp" },
	] as const;

	test.each(policies)(
		"$engine, $policy: no allocation at all",
		async ({ engine, policy, protocol }) => {
			const before = (await turn().log()).length;
			const { code, summary } = await runOn(engine, three, ["--ice", policy]);
			expect(code).toBe(0);
			expectAllOver(summary, { local: expect.not.stringMatching("relay"), protocol });
			expect((await turn().log()).slice(before)).not.toContain("ALLOCATE");
		},
	);

	const relays = engines.flatMap((engine) =>
		(["udp", "tcp", "tls"] as const).map((transport) => ({ engine, transport })),
	);

	test.each(relays)(
		"$engine, relay-$transport: every pair is relayed so, and coturn says the same",
		async ({ engine, transport }) => {
			const before = (await turn().log()).length;
			const flags = ["--ice", `relay-${transport}`, ...turnFlags(turn().uris)];
			const { code, summary } = await runOn(engine, three, flags, turn().secret);
			expect(code).toBe(0);
			expectAllOver(summary, { local: "relay", relayProtocol: transport });
			// Every packet of the light engine goes through its bridge, whose share of the delay is shown.
			const { sent, received } = summary.packets;
			const bridged = summary.metrics["turn.bridgeDelay"]?.count ?? 0;
			if (engine === "lite") expect(bridged).toBeGreaterThan(sent + received);
			// The bytes are told when a session ends, some time after its participant left.
			await vi.waitFor(
				async () => {
					const sessions = turnSessions((await turn().log()).slice(before));
					expect(sessions).toHaveLength(3);
					expect(new Set(sessions.map(({ user }) => user.split(":")[1])).size).toBe(3);
					for (const session of sessions) {
						expect(session.transport).toBe(transport);
						expect(session.bytesReceived).toBeGreaterThan(0);
						expect(session.bytesSent).toBeGreaterThan(0);
					}
				},
				{ timeout: 30_000, interval: 250 },
			);
		},
	);

	test.each(engines)(
		"%s: with coturn stopped every relay participant fails at `ice`, and direct is untouched",
		async (engine) => {
			const { certFile, keyFile } = ca().server;
			const gone = await startCoturn({
				binary: await findCoturn(process.env),
				tls: { certFile, keyFile },
			});
			await gone.stop();
			const mixed = `
name: turn-stopped
participants:
  - { both: 2, ice: direct }
  - { subscribers: 1, ice: relay-udp }
  - { subscribers: 1, ice: relay-tcp }
  - { subscribers: 1, ice: relay-tls }
timeouts: { connect: 6s }
load: [{ ramp: 1s, to: 100% }, { hold: 12s }]
thresholds: { connect.media: ["failed < 1%"] }
${lenient}
`;
			const { code, summary, out } = await runOn(engine, mixed, turnFlags(gone.uris), gone.secret);
			expect(code).toBe(99);
			expect(summary.verdict).toBe("failed");
			expect(summary.thresholds).toMatchObject([{ metric: "connect.media", ok: false }]);
			expect(summary.thresholds[0]?.observed).toBeCloseTo(3 / 5, 6);
			expect(summary.participants).toMatchObject({ joined: 2, failed: 3, lost: 0, left: 2 });
			expectConserved(summary);
			expect(summary.packets.received).toBeGreaterThan(0);
			expect(summary.packets.lost).toBe(0);
			for (const { local } of summary.candidatePairs) expect(local).not.toBe("relay");

			const failures = (await readEvents(out)).filter(({ kind }) => kind === "life-failed");
			expect(failures).toHaveLength(3);
			for (const failure of failures) {
				expect(failure).toMatchObject({ stage: "ice", cause: "turn-unreachable" });
				expect(failure.detail).toMatch(/TURN server 127\.0\.0\.1:\d+ over (udp|tcp|tls)/i);
			}
			const startedAtMs =
				(await readEvents(out)).find(({ kind }) => kind === "run-started")?.atMs ?? 0;
			for (const { atMs } of failures) {
				// A ramp of a second, the time limit, and a slow machine's slack.
				expect(atMs - startedAtMs).toBeLessThan(1_200 + 6_000 + 2_500);
			}
			const joined = (await readEvents(out)).filter(({ kind }) => kind === "life-joined");
			const directSeats = joined.map(({ seat }) => seat);
			for (const { seat } of failures) expect(directSeats).not.toContain(seat);
		},
	);

	test.each(engines)(
		"%s: a wrong CA and wrong static credentials are told apart",
		async (engine) => {
			const both = `
name: turn-refuses
participants:
  - { publishers: 1, ice: relay-tls }
  - { subscribers: 1, ice: relay-udp }
timeouts: { connect: 6s }
load: [{ ramp: 1s, to: 100% }, { hold: 9s }]
thresholds: { connect.media: ["failed < 1%"] }
${lenient}
`;
			const { uris } = turn();
			const flags = [
				...turnFlags({ udp: uris.udp, tls: uris.tls }, ca().otherCaFile),
				...["--turn-username", "somebody", "--turn-password", "wrong-password"],
			];
			const { code, summary, out, stderr } = await runOn(engine, both, flags);
			expect(code).toBe(99);
			expect(summary.participants).toMatchObject({ joined: 0, failed: 2 });
			const failures = (await readEvents(out)).filter(({ kind }) => kind === "life-failed");
			expect(failures).toHaveLength(2);
			expect(failures.map(({ stage }) => stage)).toEqual(["ice", "ice"]);
			expect(failures.find(({ cause }) => cause === "turn-tls")?.detail).toContain(
				"certificate is signed by an unknown CA",
			);
			expect(failures.map(({ cause }) => cause)).toContain("no-relay-candidate");
			expect(await turn().log()).toContain("user <somebody>");
			expect(stderr).not.toContain("wrong-password");
		},
	);

	test.each(engines)("%s: a TURN port that speaks no TLS is named", async (engine) => {
		const deaf = createServer((socket) => socket.on("error", () => {}).end("no TLS here\r\n"));
		await new Promise<void>((resolve) => deaf.listen(0, "127.0.0.1", resolve));
		const address = deaf.address();
		const port = typeof address === "object" ? address?.port : 0;
		const flags = [
			...["--ice", "relay-tls", "--turn", `turns:127.0.0.1:${port}?transport=tcp`],
			...["--turn-ca", ca().caFile],
		];
		const short = three.replace(load, `${load}\ntimeouts: { connect: 4s }`);
		const { code, out } = await runOn(engine, short, flags, turn().secret);
		deaf.close();
		expect(code).toBe(99);
		const failures = (await readEvents(out)).filter(({ kind }) => kind === "life-failed");
		expect(failures.length).toBeGreaterThan(0);
		for (const failure of failures) {
			expect(failure).toMatchObject({ stage: "ice", cause: "turn-tls" });
			expect(failure.detail).toContain("does not speak TLS");
		}
	});
});
