import { isMapping, type Overridden } from "./change.js";
import { notADuration, parseDuration } from "./duration-text.js";
import { defaultLoad, load } from "./load.js";

const durationKeys = { ramp: "ramp", hold: "hold", arrive: "for" } as const;

/**
 * `--duration`: scales the load shape to this length, all steps in the same proportion, to the
 * millisecond, and with it when faults come. Rates of arrival stay as they are, so their number changes with the
 * length; how long a fault lasts stays, too.
 */
export function overrideDuration(raw: unknown, text: string): Overridden {
	const wantedMs = parseDuration(text);
	if (wantedMs === undefined) return { problem: notADuration(text) };
	if (wantedMs === 0) return { problem: "a run that lasts 0s measures nothing" };

	const hasLoad = isMapping(raw) && raw.load !== undefined;
	const rawLoad: readonly unknown[] = hasLoad && Array.isArray(raw.load) ? raw.load : defaultLoad;
	const steps = load.safeParse(hasLoad ? raw.load : undefined);
	// A load shape that is wrong in itself is reported by the check of the whole scenario.
	if (!steps.success) return { changes: [] };

	const totalMs = steps.data.reduce((sum, step) => sum + step.durationMs, 0);
	if (totalMs === 0) return { problem: "the load lasts 0s and cannot be scaled; add a hold" };

	const scaled: unknown[] = [];
	const changes: { path: (string | number)[]; value: string }[] = [];
	let beforeMs = 0;
	for (const [i, step] of steps.data.entries()) {
		// Rounding the borders instead of the steps keeps the sum exact.
		const startMs = Math.round((beforeMs / totalMs) * wantedMs);
		beforeMs += step.durationMs;
		const lengthMs = Math.round((beforeMs / totalMs) * wantedMs) - startMs;
		if (lengthMs === 0 && step.durationMs > 0)
			return { problem: `too short for load.${i}, which would last less than 1ms` };
		const value = `${lengthMs}ms`;
		const key = durationKeys[step.kind];
		changes.push({ path: ["load", i, key], value });
		scaled.push({ ...(rawLoad[i] as object), [key]: value });
	}
	const moved = isMapping(raw) ? movedFaults(raw.faults, wantedMs / totalMs) : [];
	return { changes: [...(hasLoad ? changes : [{ path: ["load"], value: scaled }]), ...moved] };
}

/** A time that is wrong in itself stays, and is reported by the check of the whole scenario. */
function movedFaults(faults: unknown, factor: number) {
	return (Array.isArray(faults) ? faults : []).flatMap((fault: unknown, i) =>
		(["at", "every"] as const).flatMap((key) => {
			const text = isMapping(fault) ? fault[key] : undefined;
			const ms = typeof text === "string" ? parseDuration(text) : undefined;
			if (ms === undefined) return [];
			return [{ path: ["faults", i, key], value: `${Math.round(ms * factor)}ms` }];
		}),
	);
}
