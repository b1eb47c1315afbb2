import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../error/user-error.js";
import { type Summary, summarySchema } from "../verdict/summary.js";
import type { StoredRounds } from "./baseline-file.js";
import { fingerprint, type Machine } from "./machine.js";
import { type Round, roundOf } from "./round.js";
import { scenarioHash } from "./scenario-hash.js";

/** What is needed of run.json. */
interface Run {
	readonly scenario: unknown;
	readonly scenarioName: string;
	readonly seed: number;
	readonly livesoakVersion: string;
	readonly machine: Machine;
}

/**
 * The rounds in result folders of `livesoak run`, or in `rounds/baseline` and `rounds/candidate` of an earlier gate.
 * They have no figures of the server's CPU and memory.
 * @param path of a folder of result folders
 * @param sound see `scenarioHash`
 * @throws UserError when there are fewer than two runs that count, or they are of different scenarios or seeds
 */
export async function readResultRounds(
	path: string,
	flag: string,
	sound: Uint8Array | undefined,
): Promise<StoredRounds> {
	const names = (await readdir(path)).sort();
	const found = await Promise.all(names.map((name) => readResult(join(path, name))));
	const results = found.flatMap((one) => (one ? [one] : []));
	// What the tester could not keep up with, or did not end, says nothing about the server.
	const counted = results.filter(({ summary }) => isMeasured(summary));
	const [first] = counted;
	if (!first || counted.length < 2) {
		throw new UserError({
			message: `${flag} ${path}: holds ${counted.length} finished, valid runs; a comparison needs at least 2.`,
			hint: "Name a folder of result folders, such as the --out of several runs of the scenario.",
		});
	}
	const factsOf = ({ run }: Result) => {
		return { scenarioHash: scenarioHash(run.scenario, sound), seed: run.seed };
	};
	const facts = factsOf(first);
	const other = counted.find((one) => JSON.stringify(factsOf(one)) !== JSON.stringify(facts));
	if (other) {
		throw new UserError({
			message: `${flag} ${path}: holds runs of different scenarios or seeds (${first.name} and ${other.name}).`,
			hint: "Keep the runs of one scenario, with one seed and the same flags, in a folder of their own.",
		});
	}
	const machines = new Set(counted.map(({ run }) => fingerprint(run.machine)));
	return {
		...facts,
		livesoakVersion: first.run.livesoakVersion,
		scenario: first.run.scenarioName,
		machine: [...machines].join(" and "),
		rounds: counted.map(({ summary }, index): Round => roundOf(summary, index + 1, undefined)),
	};
}

/** Its figures may be compared: it went to its end, and the tester kept up. */
export function isMeasured({ verdict }: Pick<Summary, "verdict">): boolean {
	return verdict === "passed" || verdict === "failed";
}

interface Result {
	readonly name: string;
	readonly run: Run;
	readonly summary: Summary;
}

/** Undefined for what is no result folder, or one without its end. */
async function readResult(folder: string): Promise<Result | undefined> {
	try {
		const [run, summary] = await Promise.all(
			["run.json", "summary.json"].map(async (file) =>
				JSON.parse(await readFile(join(folder, file), "utf8")),
			),
		);
		const parsed = summarySchema.safeParse(summary);
		return parsed.success ? { name: folder, run, summary: parsed.data } : undefined;
	} catch {
		return undefined;
	}
}
