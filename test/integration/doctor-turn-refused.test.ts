import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { turn as check } from "../../src/doctor/checks/turn.js";
import { restCredentials } from "../../src/ice/turn-credentials.js";
import { type CoturnWith, startCoturnWith } from "../rig/coturn-with.js";
import { requirePart } from "../rig/real-parts.js";
import { TurnClient } from "../rig/turn-client.js";
import { examine, goodFor, handed } from "./doctor-turn-rig.js";

requirePart("coturn")("TURN credentials that coturn refuses", () => {
	let folder: string;
	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), "livesoak-test-"));
	});
	afterAll(() => rm(folder, { recursive: true, force: true }));

	/** A turnserver.conf as the user gives it, which need not be what the server runs with. */
	async function config(name: string, ...lines: string[]): Promise<string> {
		const file = join(folder, name);
		await writeFile(file, `${lines.join("\n")}\n`);
		return file;
	}

	describe("with a shared secret", () => {
		let turn: CoturnWith;
		beforeAll(async () => {
			turn = await startCoturnWith();
		});
		afterAll(() => turn.stop());

		const another = "another-secret-than-the-servers";
		const madeWith = (secret: string, nowMs = Date.now()) =>
			restCredentials({ secret, name: "doctor", ttlMs: 60_000, nowMs });

		test("another secret is likely without the configuration, and proven with it", async () => {
			const servers = [handed(turn, ["udp", "tcp"], madeWith(another))];
			const without = await examine(check, servers, {}, [another, turn.secret]);
			expect(without.findings).toMatchObject([{ id: "turn.wrong-secret", confidence: "likely" }]);
			expect(without.findings[0]?.evidence).toHaveLength(2);
			expect(without.relays?.every(({ works }) => !works)).toBe(true);
			const turnConfig = turn.configFile;
			const known = await examine(check, servers, { turnConfig }, [another, turn.secret]);
			expect(known.findings).toMatchObject([{ id: "turn.wrong-secret", confidence: "proven" }]);
		});

		test("credentials that ran out", async () => {
			const old = madeWith(turn.secret, Date.now() - 3_600_000);
			const { findings } = await examine(check, [handed(turn, ["udp"], old)]);
			expect(findings).toMatchObject([{ id: "turn.credentials-expired", confidence: "proven" }]);
			expect(findings[0]?.title).toContain("they ran out 59 min ago");
		});

		test("right credentials by a file that the server does not run with", async () => {
			const turnConfig = await config(
				"other-secret.conf",
				...["use-auth-secret", `static-auth-secret=${another}`, `realm=${turn.realm}`],
			);
			const servers = [handed(turn, ["udp"], madeWith(another))];
			expect((await examine(check, servers, { turnConfig })).ids).toEqual(["turn.other-config"]);
		});

		test("a fixed user where REST credentials are wanted", async () => {
			const servers = [
				handed(turn, ["udp"], { username: "alice", password: "the-password-of-alice" }),
			];
			const { ids } = await examine(check, servers, { turnConfig: turn.configFile });
			expect(ids).toEqual(["turn.credentials-kind"]);
			expect((await examine(check, servers)).findings).toMatchObject([
				{ id: "turn.credentials-rejected", confidence: "possible" },
			]);
		});
	});

	test("users that were made for another realm", async () => {
		const password = "the-password-of-alice";
		const key = createHash("md5").update(`alice:other.example:${password}`).digest("hex");
		const turn = await startCoturnWith({
			without: ["use-auth-secret", "static-auth-secret"],
			lines: ["lt-cred-mech", `user=alice:0x${key}`],
		});
		try {
			const turnConfig = await config("other-realm.conf", "lt-cred-mech", "realm=other.example");
			const servers = [handed(turn, ["udp"], { username: "alice", password })];
			const { findings } = await examine(check, servers, { turnConfig }, [key]);
			expect(findings).toMatchObject([{ id: "turn.wrong-realm", confidence: "proven" }]);
			expect(findings[0]?.title).toContain("realm `livesoak.test` ≠ `other.example`");
		} finally {
			await turn.stop();
		}
	});

	test("user-quota=1, and somebody has it", async () => {
		const turn = await startCoturnWith({ lines: ["user-quota=1"] });
		const credentials = goodFor(turn);
		const other = await TurnClient.open({ address: "127.0.0.1", port: turn.port }, credentials);
		try {
			await other.allocate();
			const { ids } = await examine(check, [handed(turn, ["tcp"], credentials)]);
			expect(ids).toEqual(["turn.quota"]);
		} finally {
			await other.close();
			await turn.stop();
		}
	});

	test("min-port = max-port, and it is taken", async () => {
		const only = 34_999;
		const turn = await startCoturnWith({ lines: [`min-port=${only}`, `max-port=${only}`] });
		const address = { address: "127.0.0.1", port: turn.port } as const;
		const other = await TurnClient.open(address, goodFor(turn));
		try {
			await other.allocate();
			const { ids } = await examine(check, [handed(turn, ["udp"], goodFor(turn))]);
			expect(ids).toEqual(["turn.no-capacity"]);
		} finally {
			await other.close();
			await turn.stop();
		}
	});
});
