import { mkdir, writeFile } from "node:fs/promises";
import { cpus, release, totalmem, type } from "node:os";
import { join } from "node:path";

/**
 * Writes the figures of a command to `FOLDER/<UTC time>-<kind>.json`, with what machine they are of.
 * @returns the path
 */
export async function saveFigures(folder: string, kind: string, figures: object): Promise<string> {
	const measuredAt = new Date().toISOString();
	const machine = {
		...{ cpu: cpus()[0]?.model ?? "unknown", cores: cpus().length, memoryBytes: totalmem() },
		...{ os: `${type()} ${release()}`, node: process.version },
	};
	const path = join(folder, `${measuredAt.replace(/[-:]|\.\d+/g, "")}-${kind}.json`);
	await mkdir(folder, { recursive: true });
	const saved = { schema: 1, kind, measuredAt, machine, ...figures };
	await writeFile(path, `${JSON.stringify(saved, lean, "\t")}\n`);
	return path;
}

/** Long lists and encoded histograms are for the result folders of runs. */
function lean(key: string, value: unknown): unknown {
	return key === "hdr" || key === "events" ? undefined : value;
}
