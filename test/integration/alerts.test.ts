import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { dockerFolder } from "../rig/compose-file.js";
import { requirePart } from "../rig/real-parts.js";

const run = promisify(execFile);
const prometheus = join(dockerFolder, "prometheus");
const alertmanager = join(dockerFolder, "alertmanager", "alertmanager.yml");

/** Resolves where the program ends with 0; what it said otherwise is in the error. */
async function passes(program: string, ...args: string[]): Promise<string> {
	const { stdout } = await run(program, args, { cwd: prometheus }).catch((error) => {
		throw new Error(`${program} ${args.join(" ")}\n${error.stdout}${error.stderr}`);
	});
	return stdout;
}

requirePart("promtool")("Prometheus's own tool", () => {
	test("takes configuration and rules", async () => {
		const said = await passes("promtool", "check", "config", "prometheus.yml");
		expect(said).toMatch(/SUCCESS: \d+ rules found/);
	});

	test.each(readdirSync(join(prometheus, "tests")))(
		"rules fire when they must: %s",
		async (name) => {
			expect(await passes("promtool", "test", "rules", join("tests", name))).toContain("SUCCESS");
		},
	);
});

requirePart("amtool")("Alertmanager's own tool", () => {
	test("takes the example", async () => {
		const said = await passes("amtool", "check-config", alertmanager);
		expect(said).toContain("2 receivers");
		expect(said).toContain("2 inhibit rules");
	});

	test.each([
		["page", "severity=critical", "alertname=LivesoakNoHeartbeat"],
		["page", "severity=critical", "alertname=LivesoakTurnFailures", "run=r1"],
		["chat", "severity=warning", "alertname=LivesoakPacketLoss", "kind=figure"],
		["chat", "alertname=SomethingElse"],
	])("%s: %s %s", async (receiver, ...labels) => {
		const verify = [`--config.file=${alertmanager}`, `--verify.receivers=${receiver}`];
		await passes("amtool", "config", "routes", "test", ...verify, ...labels);
	});

	test("a wrong receiver is told", async () => {
		const verify = [`--config.file=${alertmanager}`, "--verify.receivers=chat"];
		const wrong = passes("amtool", "config", "routes", "test", ...verify, "severity=critical");
		await expect(wrong).rejects.toThrow(/Expected receivers did not match/);
	});
});
