import { expect, test, vi } from "vitest";
import { findCoturn } from "../../src/backend/find-coturn.js";
import { startCoturn } from "../../src/backend/start-coturn.js";
import type { Summary } from "../../src/verdict/summary.js";
import { lenient, toServer, withCli } from "../rig/cli.js";
import { requirePart, withCoturn, withLiveKit, withTestCa } from "../rig/real-parts.js";
import { expectConserved, readEvents, readSummary } from "../rig/result.js";
import { turnSessions } from "../rig/turn-log.js";

const three = `
name: three
participants: { publishers: 1, subscribers: 2 }
load: [{ ramp: 1s, to: 100% }, { hold: 6s }]
thresholds: { connect.media: ["failed < 1%"] }
${lenient}
`;

requirePart("coturn", "openssl")("ICE policies of the light engine, forced", () => {
	const cli = withCli();
	const server = withLiveKit();
	const ca = withTestCa();
	const turn = withCoturn({ ca });

	const turnFlags = (uris: object, caFile = ca().caFile) => [
		...Object.values(uris).flatMap((uri) => ["--turn", String(uri)]),
		...["--turn-ca", caFile],
	];

	async function runOn(yaml: string, flags: readonly string[], secret?: string) {
		const { args, env } = toServer(server());
		const run = await cli().runScenario(yaml, ["--engine", "lite", ...args, ...flags], {
			...env,
			...(secret === undefined ? {} : { LIVESOAK_TURN_SECRET: secret }),
		});
		return { ...run, summary: await readSummary(run.out) };
	}

	/** Who only publishes or only listens has one peer connection; each must have its pair, and all of one kind. */
	function expectAllOver(summary: Summary, pair: object) {
		expect(summary).toMatchObject({
			participants: { planned: 3, joined: 3, failed: 0, lost: 0 },
			packets: { lost: 0 },
		});
		expect(summary.packets.received).toBeGreaterThan(200);
		for (const each of summary.candidatePairs) expect(each).toMatchObject(pair);
		const pairs = (peer: string) =>
			summary.candidatePairs
				.filter((each) => each.peer === peer)
				.reduce((sum, { count }) => sum + count, 0);
		expect(pairs("publisher")).toBe(1);
		expect(pairs("subscriber")).toBe(2);
	}

	test.each([
		["direct", { local: expect.not.stringMatching("relay"), protocol: "udp" }],
		["tcp", { local: expect.not.stringMatching("relay"), protocol: "tcp" }],
	])("%s: no allocation at all", async (policy, pair) => {
		const before = (await turn().log()).length;
		const { code, summary } = await runOn(three, ["--ice", policy]);
		expect(code).toBe(0);
		expectAllOver(summary, pair);
		expect(summary.metrics["turn.bridgeDelay"]).toBeUndefined();
		expect((await turn().log()).slice(before)).not.toContain("ALLOCATE");
	});

	test.each(["udp", "tcp", "tls"] as const)(
		"relay-%s: every pair is relayed so, and coturn says the same",
		async (transport) => {
			const before = (await turn().log()).length;
			const flags = ["--ice", `relay-${transport}`, ...turnFlags(turn().uris)];
			const { code, summary } = await runOn(three, flags, turn().secret);
			expect(code).toBe(0);
			expectAllOver(summary, { local: "relay", relayProtocol: transport });
			// Every packet went through the bridge, and its share of the delay is shown.
			const { sent, received } = summary.packets;
			expect(summary.metrics["turn.bridgeDelay"]?.count).toBeGreaterThan(sent + received);
			const log = async () => (await turn().log()).slice(before);
			// The bytes are told when a session ends, some time after its participant left.
			await vi.waitFor(
				async () => {
					const sessions = turnSessions(await log());
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
			if (transport === "tls") expect(await log()).toMatch(/TLSv1\.[23]/);
		},
	);

	test("with coturn stopped every relay participant fails at `ice`, and direct is untouched", async () => {
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
		const { code, summary, out } = await runOn(mixed, turnFlags(gone.uris), gone.secret);
		expect(code).toBe(99);
		expect(summary.participants).toMatchObject({ joined: 2, failed: 3, lost: 0, left: 2 });
		expectConserved(summary);
		expect(summary.packets.received).toBeGreaterThan(0);
		expect(summary.packets.lost).toBe(0);
		for (const { local } of summary.candidatePairs) expect(local).not.toBe("relay");
		const failures = (await readEvents(out)).filter(({ kind }) => kind === "life-failed");
		for (const failure of failures)
			expect(failure).toMatchObject({ stage: "ice", cause: "turn-unreachable" });
		const named = /TURN server 127\.0\.0\.1:\d+ over ([^(]*) \(/;
		const words = failures.map(({ detail }) => named.exec(String(detail))?.[1] ?? detail);
		expect(words.sort()).toEqual([
			"TCP: the connection is refused",
			"TLS: the connection is refused",
			"UDP: nobody listens at its port",
		]);
	});

	test("a wrong CA and wrong static credentials are told apart", async () => {
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
		const { code, summary, out, stderr } = await runOn(both, flags);
		expect(code).toBe(99);
		expect(summary.participants).toMatchObject({ joined: 0, failed: 2 });
		const failures = (await readEvents(out)).filter(({ kind }) => kind === "life-failed");
		expect(failures.map(({ stage }) => stage)).toEqual(["ice", "ice"]);
		expect(failures.find(({ cause }) => cause === "turn-tls")?.detail).toContain(
			"certificate is signed by an unknown CA",
		);
		expect(failures.map(({ cause }) => cause)).toContain("no-relay-candidate");
		expect(await turn().log()).toContain("user <somebody>");
		expect(stderr).not.toContain("wrong-password");
	});
});
