import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { afterEach, expect, test } from "vitest";
import { lintTurnConfig } from "../../src/doctor/config/coturn/lint-turn.js";
import { fixedTurnConfig } from "../../src/doctor/config/fix.js";
import type { LintFacts } from "../../src/doctor/config/lint-facts.js";
import { thisMachine } from "../../src/doctor/config/machine.js";
import { restCredentials } from "../../src/ice/turn-credentials.js";
import { stunAnswers } from "../../src/turn/stun-answer.js";
import { type CoturnVariant, type CoturnWith, startCoturnWith } from "../rig/coturn-with.js";
import { requirePart, withTestCa } from "../rig/real-parts.js";
import { allocate as allocateOverTcp } from "../rig/turn-allocate.js";
import { TurnClient } from "../rig/turn-client.js";

const group = requirePart("coturn", "openssl");

/**
 * What the real coturn does with a mistake, beside what the lint says about it: a finding that coturn does not bear
 * out would send people after the wrong thing.
 */
group("turnserver.conf: coturn behaves as the finding says", () => {
	const ca = withTestCa();
	let running: CoturnWith | undefined;
	const clients: TurnClient[] = [];

	const start = async (variant: CoturnVariant) => {
		running = await startCoturnWith(variant);
		return running;
	};
	afterEach(async () => {
		await Promise.all(clients.splice(0).map((client) => client.close()));
		await running?.stop();
		running = undefined;
	});

	const lint = async ({ configFile }: CoturnWith, facts: Partial<LintFacts> = {}) => {
		const text = await readFile(configFile, "utf8");
		const known = { fileName: "turnserver.conf", participants: 2, nowMs: Date.now(), ...facts };
		const machine = await thisMachine();
		const { findings } = lintTurnConfig(text, { ...known, machine });
		// Even with its faults it may be fixed, and then coturn would be right again.
		const { left } = fixedTurnConfig(text, { ...known, machine });
		return { ids: findings.map(({ id }) => id), left: left.map(({ id }) => id) };
	};

	/** "allocated" or the error; the client stays open, and so does its allocation. */
	const allocate = async ({ port, secret }: CoturnWith, permitted?: number) => {
		const order = { name: "doctor", ttlMs: 60_000, nowMs: Date.now() };
		const credentials = restCredentials({ ...order, secret });
		const client = await TurnClient.open({ address: "127.0.0.1", port }, credentials);
		clients.push(client);
		return client
			.allocate()
			.then(() => (permitted === undefined ? undefined : client.permit(permitted)))
			.then(
				() => "allocated",
				(error: Error) => error.message,
			);
	};

	test("healthy: no finding, and it relays", async () => {
		const turn = await start({ tls: ca().server });
		expect((await lint(turn, { sfuAddresses: ["127.0.0.1"] })).ids).toEqual([]);
		expect(await allocate(turn, 9)).toBe("allocated");
		expect(await stunAnswers(turn.host, turn.port, 1_000)).toBe(true);
	});

	test("no-tcp-relay alone does no harm", async () => {
		const turn = await start({ lines: ["no-tcp-relay"] });
		expect((await lint(turn)).ids).toEqual([]);
		expect(await allocate(turn, 9)).toBe("allocated");
	});

	test("no-stun: Binding requests get no answer, and relaying goes on", async () => {
		const turn = await start({ lines: ["no-stun", "no-tcp-relay"] });
		expect(await lint(turn)).toEqual({ ids: ["config.coturn-no-stun"], left: [] });
		expect(await stunAnswers(turn.host, turn.port, 1_000)).toBe(false);
		expect(await allocate(turn)).toBe("allocated");
	});

	test("no realm: libwebrtc, libjuice and coturn's own client get 401 for ever", async () => {
		const turn = await start({ without: ["realm"] });
		expect(await lint(turn)).toEqual({ ids: ["config.coturn-realm-missing"], left: [] });
		const asked = ["-y", "-n", "1", "-W", turn.secret, "-p", `${turn.port}`, turn.host];
		const { stdout } = await promisify(execFile)("turnutils_uclient", asked, {
			timeout: 1_500,
		}).catch((error: { stdout: string }) => error);
		expect(stdout).toMatch(/error 401/);
		expect(await turn.log()).toMatch(/realm <> user <>: .*error 401/);
		expect(await turn.log()).not.toMatch(/ALLOCATE processed, success/);
	});

	test("another secret: 401", async () => {
		const turn = await start({ lines: ["static-auth-secret=of-somebody-else"] });
		const { secret, port } = turn;
		const asked = { turn: { uri: `turn:127.0.0.1:${port}?transport=udp`, secret } };
		expect((await lint(turn, asked)).ids).toEqual(["config.coturn-secret-differs"]);
		expect(await allocate(turn)).toBe("error 401");
	});

	test("a comment behind the secret: 401", async () => {
		const turn = await start({
			lines: ["static-auth-secret=the-shared-secret-of-coturn-tests # ours"],
		});
		expect(await lint(turn)).toEqual({ ids: ["config.coturn-inline-comment"], left: [] });
		expect(await allocate(turn)).toBe("error 401");
	});

	test("users beside the shared secret: the secret alone counts", async () => {
		const turn = await start({ lines: ["lt-cred-mech", "user=alice:pw"] });
		expect((await lint(turn)).ids).toEqual(["config.coturn-users-ignored"]);
		const alice = { username: "alice", password: "pw" };
		const client = await TurnClient.open({ address: "127.0.0.1", port: turn.port }, alice);
		clients.push(client);
		await expect(client.allocate()).rejects.toThrow("error 401");
		expect(await allocate(turn)).toBe("allocated");
	});

	test("min-port above max-port: 508, or a crash", async () => {
		const turn = await start({ lines: ["min-port=60000", "max-port=50000"] });
		expect(await lint(turn)).toEqual({ ids: ["config.coturn-relay-range-inverted"], left: [] });
		const order = { name: "doctor", ttlMs: 60_000, nowMs: Date.now() };
		const credentials = restCredentials({ ...order, secret: turn.secret });
		expect(await allocateOverTcp(turn.port, credentials)).toMatch(/^(error 508|closed)$/);
	});

	test("a relay-ip of another machine: 508", async () => {
		const turn = await start({ lines: ["relay-ip=198.51.100.9"] });
		expect((await lint(turn)).ids).toEqual(["config.coturn-relay-ip-foreign"]);
		expect(await allocate(turn)).toBe("error 508");
	});

	test("a quota of one: the second allocation gets 486", async () => {
		const turn = await start({ lines: ["user-quota=1"] });
		expect((await lint(turn)).ids).toEqual(["config.coturn-user-quota"]);
		expect(await allocate(turn)).toBe("allocated");
		expect(await allocate(turn)).toBe("error 486");
	});

	test("no-udp-relay: 442", async () => {
		const turn = await start({ lines: ["no-udp-relay"] });
		expect(await lint(turn)).toEqual({ ids: ["config.coturn-no-udp-relay"], left: [] });
		expect(await allocate(turn)).toBe("error 442");
	});

	test("the LiveKit server among the denied peers: 403", async () => {
		const turn = await start({ lines: ["denied-peer-ip=127.0.0.0-127.255.255.255"] });
		const { ids, left } = await lint(turn, { sfuAddresses: ["127.0.0.1"] });
		expect({ ids, left }).toEqual({ ids: ["config.coturn-peer-denied"], left: [] });
		expect(await allocate(turn, 9)).toBe("error 403");
	});

	test("loopback peers not allowed: 403", async () => {
		const turn = await start({ without: ["allow-loopback-peers"] });
		const { ids } = await lint(turn, { sfuAddresses: ["127.0.0.1"] });
		expect(ids).toEqual(["config.coturn-loopback-denied"]);
		expect(await allocate(turn, 9)).toBe("error 403");
	});

	test("an expired certificate is named; so is a key of another one", async () => {
		const turn = await start({ tls: ca().expired });
		expect((await lint(turn)).ids).toEqual(["config.coturn-certificate-expired"]);
		await turn.stop();
		running = undefined;
		const { certFile } = ca().server;
		const { keyFile } = ca().wrongName;
		// coturn itself refuses to load the pair, so it is looked at alone.
		const facts = { fileName: "t.conf", participants: 2, nowMs: Date.now() };
		const text = `listening-ip=127.0.0.1\nuse-auth-secret\nstatic-auth-secret=a\nrealm=x\ncert=${certFile}\npkey=${keyFile}\n`;
		const { findings } = lintTurnConfig(text, { ...facts, machine: await thisMachine() });
		expect(findings.map(({ id }) => id)).toEqual(["config.coturn-certificate-key-mismatch"]);
	});

	test.each([
		["config.coturn-capacity", "bps-capacity=100000"],
		["config.coturn-value", "fingerprint=maybe"],
	])("%s: it does not start", async (id, line) => {
		await expect(startCoturnWith({ lines: [line] })).rejects.toThrow(/ended before it was ready/);
		const facts = { fileName: "t.conf", participants: 2, nowMs: 0 };
		const text = `listening-ip=127.0.0.1\nuse-auth-secret\nstatic-auth-secret=a\nrealm=x\n${line}\n`;
		expect(lintTurnConfig(text, facts).findings.map((finding) => finding.id)).toEqual([id]);
	});
});
