import type { CapacityStep } from "./capacity-result.js";
import type { Reading } from "./step-recorder.js";

type Usage = Pick<CapacityStep, "server" | "turn" | "packetsPerSecond" | "receiveBufferErrors"> & {
	readonly tester: Pick<CapacityStep["tester"], "cpuCores" | "peakCpuCores">;
};

/** Workers tell their packets once a second: a mean over less would miss some, or count some twice. */
const leastSpanMs = 1_500;

/**
 * What a run used, from the looks that were taken at it: means over the time in which the number was held, and the
 * highest between two looks. What was not seen twice is absent.
 * @param cores what the server can use, where it does not tell itself
 */
export function usageOf(readings: readonly Reading[], cores: number | undefined): Usage {
	const held = readings.filter(({ isHeld }) => isHeld);
	const serverCpu = (one: Reading) => one.server?.cpuSeconds;
	const rssBytes = most(held.map(({ server }) => server?.rssBytes));
	const toldCores = most(readings.map(({ server }) => server?.cores));
	const packetsPerSecond = rate(held, ({ packets }) => packets, leastSpanMs);
	const errors = change(readings, ({ receiveErrors }) => receiveErrors);
	const turnCpu = rate(held, ({ turnCpuSeconds }) => turnCpuSeconds, leastSpanMs);
	const testerCpu = held.map(({ testerCpu }) => testerCpu);
	return {
		...known({ packetsPerSecond, receiveBufferErrors: errors }),
		...(readings.some(({ server }) => server !== undefined) && {
			server: known({
				cpuCores: rate(held, serverCpu, leastSpanMs),
				peakCpuCores: highestRate(readings, serverCpu),
				cores: cores ?? toldCores,
				rssBytes,
			}),
		}),
		...(turnCpu !== undefined && { turn: { cpuCores: turnCpu } }),
		tester: known({
			cpuCores:
				testerCpu.length === 0
					? undefined
					: testerCpu.reduce((sum, each) => sum + each, 0) / testerCpu.length,
			peakCpuCores: most(readings.map((one) => one.testerCpu)),
		}),
	};
}

type Figure = (reading: Reading) => number | undefined;

/** Rise a second, from the first reading to the last. */
function rate(readings: readonly Reading[], figure: Figure, leastMs = 0): number | undefined {
	const told = readings.filter((one) => figure(one) !== undefined);
	const [first, last] = [told[0], told.at(-1)];
	if (first === undefined || last === undefined || last.atMs <= first.atMs + leastMs)
		return undefined;
	const rise = (figure(last) ?? 0) - (figure(first) ?? 0);
	// A counter that falls belongs to a process that was started anew.
	return rise < 0 ? undefined : rise / ((last.atMs - first.atMs) / 1000);
}

function highestRate(readings: readonly Reading[], figure: Figure): number | undefined {
	const told = readings.filter((one) => figure(one) !== undefined);
	return most(told.slice(1).map((one, i) => rate([told[i] ?? one, one], figure)));
}

function change(readings: readonly Reading[], figure: Figure): number | undefined {
	const told = readings.map(figure).filter((value) => value !== undefined);
	const [first, last] = [told[0], told.at(-1)];
	return first === undefined || last === undefined ? undefined : Math.max(0, last - first);
}

function most(values: readonly (number | undefined)[]): number | undefined {
	const told = values.filter((value) => value !== undefined);
	return told.length === 0 ? undefined : Math.max(...told);
}

/** Without the keys that are undefined. */
function known<T extends Record<string, number | undefined>>(values: T) {
	const entries = Object.entries(values).filter(([, value]) => value !== undefined);
	return Object.fromEntries(entries) as { [K in keyof T]?: number };
}
