import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { Ajv } from "ajv";
import { expect } from "vitest";
import { findLiveKitServer } from "../../src/backend/find-livekit-server.js";
import type { FigureResult, GateResult } from "../../src/gate/gate-result.js";
import { lenient } from "./cli.js";

const schema = new URL("../../schema/gate.schema.json", import.meta.url);

/** A round of about two seconds. */
export const shortRound = (more = "participants: { publishers: 1, subscribers: 5 }") => `
name: short-gate
engine: lite
${more}
load: [{ ramp: 300ms, to: 100% }, { hold: 2s }]
${lenient}
`;

/** So many pairs, looked at once, at the end. */
export function onePass(pairs: number): string[] {
	return ["--min-pairs", `${pairs}`, "--max-pairs", `${pairs}`, "--warm-up", "0", "--json"];
}

/** The binary of one release, got where it is missing. */
export async function releasedServer(version: string): Promise<string> {
	const env = { ...process.env, LIVEKIT_SERVER_BIN: "", PATH: "" };
	const onProgress = (line: string) => void process.stderr.write(`${line}\n`);
	return (await findLiveKitServer({ env, version, onProgress })).path;
}

/** What `--json` printed, held against the published schema. */
export async function gateResult(stdout: string): Promise<GateResult> {
	const result: GateResult = JSON.parse(stdout);
	const validate = new Ajv().compile(JSON.parse(await readFile(schema, "utf8")));
	expect(validate(result) ? [] : validate.errors).toEqual([]);
	return result;
}

export function figureIn({ figures }: GateResult, metric: string): FigureResult {
	const found = figures.find((one) => one.metric === metric);
	if (!found) throw new Error(`no figure ${metric} in ${figures.map((one) => one.metric)}`);
	return found;
}

/** The gate's own folder below `--out`. */
export async function gateFolder(out: string): Promise<string> {
	const [name = "", ...others] = await readdir(out);
	if (name === "" || others.length > 0) throw new Error(`not one gate in ${out}`);
	return join(out, name);
}
