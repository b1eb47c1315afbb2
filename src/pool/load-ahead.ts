import { openBuiltInSource } from "../audio/open-source.js";
import { loadEngine } from "../engine/start-engine.js";
import type { ToWorker } from "./messages.js";

/**
 * Loads and makes what takes long, before the order that needs it is there. Nothing depends on it: what is wrong
 * here (a package that is missing) is told when the order asks for it.
 */
export async function loadAhead({
	engines,
	source,
}: Extract<ToWorker, { kind: "expect" }>): Promise<void> {
	await Promise.all(engines.map((name) => loadEngine(name).catch(() => {})));
	if (source) openBuiltInSource(source);
}
