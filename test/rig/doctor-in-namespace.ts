import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import type { CheckResult } from "../../src/doctor/check.js";
import type { DoctorFacts, DoctorTarget } from "../../src/doctor/context.js";
import type { Namespace } from "./network-namespace.js";

const script = fileURLToPath(new URL("./doctor-check-process.js", import.meta.url));
const boundMs = 60_000;

/** One check, as a user of that namespace would have it run. */
export async function runCheckIn(
	namespace: Namespace,
	order: {
		/** File of `doctor/checks` and the name in it. */
		readonly module: string;
		readonly check: string;
		readonly target: Omit<DoctorTarget, "url"> & { readonly url: string };
		readonly facts: DoctorFacts;
	},
): Promise<{ result: CheckResult; connected: DoctorFacts["connected"] }> {
	const [program, args] = namespace.within(process.execPath, [script]);
	const child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"], timeout: boundMs });
	child.stdin.end(JSON.stringify(order));
	const [out, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
	if (out === "") throw new Error(`the check said nothing: ${errors.slice(-2_000)}`);
	return JSON.parse(out) as { result: CheckResult; connected: DoctorFacts["connected"] };
}
