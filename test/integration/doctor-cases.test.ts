import pLimit from "p-limit";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Diagnosis } from "../../src/doctor/diagnosis.js";
import { withCli } from "../rig/cli.js";
import { runIn } from "../rig/cli-in-namespace.js";
import { CaseRig, type DoctorCase } from "../rig/doctor-case.js";
import { audioMistakes } from "../rig/doctor-cases-audio.js";
import { networkMistakes } from "../rig/doctor-cases-network.js";
import { serverMistakes } from "../rig/doctor-cases-server.js";
import { serviceMistakes } from "../rig/doctor-cases-service.js";
import { tokenMistakes } from "../rig/doctor-cases-token.js";
import { turnMistakes } from "../rig/doctor-cases-turn.js";
import { tableOf } from "../rig/markdown-table.js";
import { requirePart, withTestCa } from "../rig/real-parts.js";
import { expectNoSecret } from "../rig/result.js";
import { PublisherRig } from "../rig/room-publisher.js";

/** `LIVESOAK_DOCTOR_CASES=all`, or a part of the names wanted. Else those that are marked as quick. */
const wanted = process.env.LIVESOAK_DOCTOR_CASES;
/** Doctor itself is a load: more at a time would be slow and say that the system is. */
const atOnce = 3;
const boundSeconds = 40;

const all: readonly DoctorCase[] = [
	...tokenMistakes,
	...serverMistakes,
	...serviceMistakes,
	...turnMistakes,
	...networkMistakes,
	...audioMistakes,
].toSorted((one, other) => (one.report ?? 9) - (other.report ?? 9));

const chosen = all.filter(({ name, quick }) =>
	wanted === undefined ? quick : wanted === "all" || name.includes(wanted),
);
const isRoot = chosen.some(({ isNetwork }) => isNetwork) ? (["root", "nftables"] as const) : [];

interface Outcome {
	readonly code: number | null;
	readonly diagnosis: Diagnosis;
	readonly seconds: number;
}

requirePart(
	"coturn",
	"openssl",
	...isRoot,
)("the whole command names the cause first", () => {
	const cli = withCli();
	const ca = withTestCa();
	const publisher = new PublisherRig();
	const outcomes = new Map<DoctorCase, Promise<Outcome>>();

	beforeAll(async () => {
		await publisher.start();
		const limit = pLimit(atOnce);
		for (const one of chosen) {
			const outcome = limit(() => examine(one));
			// Each is awaited by its own test.
			outcome.catch(() => {});
			outcomes.set(one, outcome);
		}
	});
	afterAll(async () => {
		const settled = await Promise.allSettled(outcomes.values());
		await publisher.close();
		const rows = chosen.map((one, index) => rowOf(one, settled[index]));
		const heads = "field report, case, first-ranked cause, expected, right, seconds";
		process.stdout.write(`\n${tableOf(heads, rows).join("\n")}\n\n`);
	});

	async function examine(one: DoctorCase): Promise<Outcome> {
		const rig = new CaseRig(cli(), ca(), publisher);
		try {
			const { args, env = {}, secrets = [], namespace } = await one.prepare(rig);
			const order = ["doctor", ...args, "--json"];
			const startedMs = performance.now();
			const ended = namespace ? runIn(namespace, cli(), order, env) : cli().run(order, env);
			const { code, stdout, stderr } = await ended;
			const seconds = (performance.now() - startedMs) / 1_000;
			const { LIVEKIT_API_SECRET: apiSecret = "" } = env;
			expectNoSecret(
				stdout + stderr,
				[...secrets, apiSecret].filter((secret) => secret !== ""),
			);
			if (stdout === "") throw new Error(`ended with ${code}, and said nothing: ${stderr}`);
			return { code, diagnosis: JSON.parse(stdout), seconds };
		} finally {
			await rig.end();
		}
	}

	test.each(chosen.map((one) => [one.report ?? "further", one.name, one] as const))(
		"%s: %s",
		async (_report, _name, one) => {
			const { code, diagnosis, seconds } = await (outcomes.get(one) as Promise<Outcome>);
			const { findings, checks } = diagnosis;
			const found = findings.map(({ id, title }) => `${id} (${title})`);
			if (one.expect === undefined) expect(found).toEqual([]);
			else expect(findings[0]?.id, found.join("\n")).toBe(one.expect);
			expect(code).toBe(one.expect === undefined || one.isWarning ? 0 : 4);
			expect(checks.filter(({ status }) => status === "error")).toEqual([]);
			expect(seconds).toBeLessThanOrEqual(boundSeconds);
		},
		900_000,
	);
});

function rowOf(
	{ report, name, expect: id }: DoctorCase,
	outcome: PromiseSettledResult<Outcome> | undefined,
): string[] {
	const about = [`${report ?? ""}`, name];
	const expected = id ?? "nothing";
	if (outcome?.status !== "fulfilled")
		return [...about, "none: it broke", `\`${expected}\``, "no", ""];
	const { findings } = outcome.value.diagnosis;
	const first = findings[0]?.id ?? "nothing";
	const isRight = first === expected ? "yes" : "no";
	return [...about, `\`${first}\``, `\`${expected}\``, isRight, outcome.value.seconds.toFixed(1)];
}
