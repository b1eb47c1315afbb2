import { readFileSync, statSync } from "node:fs";
import { isBuiltInSource } from "../audio/built-in-sources.js";
import { engineNames } from "../engine/engine-name.js";
import type { ToWorker } from "../pool/messages.js";
import { WorkerHandle } from "../pool/worker-handle.js";
import type { Environment } from "./environment.js";
import { workerEnv } from "./worker-env.js";

/**
 * Starts a worker process where a run is likely to need it, and has it load what the run is likely to name. All
 * guessed from the words of the command line and the scenario, before either is parsed: a wrong guess costs a
 * process that ends again. The caller kills it.
 */
export function startSpareWorker({ argv, env }: Environment): WorkerHandle | undefined {
	const [command, ...rest] = argv;
	// Where agents live the plan, there is none here.
	const isHere = command === "run" && !rest.some((word) => /^--redis(=|$)/.test(word));
	const texts = isHere ? rest.flatMap(scenarioText) : [];
	if (texts.length === 0) return undefined;
	const spare = new WorkerHandle(workerEnv(env));
	spare.send(expectationOf([...texts, ...rest].join("\n")));
	return spare;
}

/** A scenario, of which one is read for certain in the end; nothing for any other argument. */
function scenarioText(argument: string): string[] {
	if (!/\.ya?ml$/i.test(argument)) return [];
	try {
		// A pipe can be read only once.
		return statSync(argument).isFile() ? [readFileSync(argument, "utf8")] : [];
	} catch {
		return [];
	}
}

/** Exported for its tests. @param words those of the scenario and of the flags */
export function expectationOf(words: string): Extract<ToWorker, { kind: "expect" }> {
	const named = engineNames.filter((name) => new RegExp(`\\b${name}\\b`).test(words));
	const [, source = "speech"] = /\bsource[:=]\s*"?([\w./-]+)/.exec(words) ?? [];
	return {
		kind: "expect",
		engines: named.length > 0 ? named : ["native"],
		source: isBuiltInSource(source) ? source : undefined,
	};
}
