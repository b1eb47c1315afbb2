import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ConnectionFlags } from "../../../src/cli/connection-options.js";
import type { Environment } from "../../../src/cli/environment.js";
import type { GateFlags } from "../../../src/cli/gate-options.js";
import { namedSides } from "../../../src/cli/gate-sides.js";
import { checkBaselineTarget } from "../../../src/gate/baseline-file.js";

let folder = "";
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "livesoak-test-sides-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const environment = { killSignal: new AbortController().signal } as Environment;
const sides = (flags: Partial<GateFlags & ConnectionFlags>) =>
	namedSides(environment, { allowSame: false, ...flags } as GateFlags & ConnectionFlags);

test.each<[Partial<GateFlags & ConnectionFlags>, string]>([
	[{ apiKey: "k" }, "--api-key needs a URL as --baseline or --candidate"],
	[{ tokenUrl: "https://app/t" }, "--token-url needs a URL as --baseline or --candidate"],
	[{ candidateApiKey: "k" }, "--candidate-api-key needs a URL as --baseline or --candidate"],
])("%j would be ignored where no side is a URL", async (flags, message) => {
	await expect(sides({ baseline: folder, candidate: tmpdir(), ...flags })).rejects.toThrow(message);
});

test("a key of the candidate's is none of the baseline's", async () => {
	const flags = { baseline: "ws://a:7880", candidate: folder };
	await expect(sides({ ...flags, candidateApiSecret: "s" })).rejects.toThrow(
		"--candidate-api-secret needs a URL as --candidate.",
	);
	await expect(sides({ ...flags, apiKey: "k" })).resolves.toBeDefined();
});

test("where a baseline cannot be written is found out ahead, and nothing is left there", async () => {
	await expect(checkBaselineTarget(join(folder, "none", "b.json"))).rejects.toThrow(
		/--update-baseline .*b\.json: cannot be written \(ENOENT\)/,
	);
	await expect(checkBaselineTarget(folder)).rejects.toThrow(/\(EISDIR\)/);
	await checkBaselineTarget(join(folder, "b.json"));
	await rm(join(folder, "b.json.tmp")).then(
		() => expect.fail("a file was left"),
		() => {},
	);
});
