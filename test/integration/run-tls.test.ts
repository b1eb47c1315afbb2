import { afterAll, beforeAll, expect, test } from "vitest";
import { lenient, toServer, withCli } from "../rig/cli.js";
import { requirePart, withLiveKit, withTestCa } from "../rig/real-parts.js";
import { expectNoSecret, readSummary } from "../rig/result.js";
import { startTlsFront } from "../rig/tls-front.js";

const scenario = (insecure: boolean) => `
name: encrypted
participants: { publishers: 1, subscribers: 1 }
tls: { insecure: ${insecure} }
load: [{ ramp: 1s, to: 100% }, { hold: 3s }]
thresholds: { connect.media: ["failed < 1%"] }
${lenient}
`;

requirePart("openssl")("a server whose certificate nobody here trusts", () => {
	const cli = withCli();
	const server = withLiveKit();
	const ca = withTestCa();
	let front: Awaited<ReturnType<typeof startTlsFront>>;

	beforeAll(async () => {
		front = await startTlsFront(server().ports.signalPort, ca().server);
	});
	afterAll(() => front.close());

	const run = (insecure: boolean, more: NodeJS.ProcessEnv = {}) => {
		const { env } = toServer(server());
		const flags = ["--url", `wss://127.0.0.1:${front.port}`];
		return cli().runScenario(scenario(insecure), flags, { ...env, ...more });
	};

	test("is joined with tls.insecure", async () => {
		const { code, out } = await run(true);
		expect(code).toBe(0);
		const { participants, packets } = await readSummary(out);
		expect(participants).toMatchObject({ joined: 2, failed: 0, lost: 0, left: 2 });
		expect(packets.received).toBeGreaterThan(0);
	});

	test("is joined with its CA in NODE_EXTRA_CA_CERTS, as the hint says", async () => {
		const { code, out } = await run(false, { NODE_EXTRA_CA_CERTS: ca().caFile });
		expect(code).toBe(0);
		expect((await readSummary(out)).participants).toMatchObject({ joined: 2, failed: 0 });
	});

	test("is refused otherwise: one error that names the certificate, before anybody joins", async () => {
		const { code, stdout, stderr } = await run(false);
		expect(code).toBe(1);
		expect(stdout).toBe("");
		expect(stderr).toMatch(
			/^livesoak: Cannot reach wss:\/\/127\.0\.0\.1:\d+: .*certificate.*\n {2}.*tls\.insecure.*\n$/,
		);
		expectNoSecret(stderr, [server().apiSecret]);
	});
});
