import type { Capacity, CapacityStep } from "./capacity-result.js";

export type Culprit = Pick<Capacity, "limitedBy" | "certainty" | "evidence">;

export interface CulpritFacts {
	/** The runs of the smallest count that did not hold; empty: everything held. */
	readonly broken: readonly CapacityStep[];
	readonly goesThroughTurn: boolean;
	readonly sharesMachine: boolean;
	/** Of the tester's machine. */
	readonly machineCores: number;
}

/** From this share of its cores on a program waits for the processor, whatever the mean says of single moments. */
const busy = 0.8;
/** Both programs of one machine together. */
const machineFull = 0.9;
const someLoss = 0.001;

const turnCauses = /^turn-|^no-relay-candidate$/;
/** The server answered, and the answer was no. */
const refusals = /^(server-error|forbidden|refused|room-deleted|server-shutdown)$/;

/**
 * Who broke first, with the evidence. Looked at in this order: the tester (an invalid run says nothing about
 * anybody else), TURN, a server that says no, a server without CPU left, a shared machine without CPU left, loss on
 * the way. Where nothing of this shows it is laid to the server, and said to be unclear.
 */
export function limitedBy(facts: CulpritFacts): Culprit {
	const { broken } = facts;
	if (broken.length === 0) return { limitedBy: "none", certainty: "clear", evidence: [] };
	const found =
		tester(broken) ??
		turn(facts) ??
		refusing(broken) ??
		serverCpu(broken) ??
		sharedMachine(facts) ??
		network(facts);
	return found ?? { limitedBy: "server", certainty: "unclear", evidence: inDoubt(broken) };
}

function tester(broken: readonly CapacityStep[]): Culprit | undefined {
	const invalid = broken.filter(({ outcome }) => outcome === "invalid");
	if (invalid.length === 0 || invalid.length * 2 < broken.length) return undefined;
	const evidence = [...new Set(invalid.flatMap(({ invalidities }) => invalidities))];
	const certainty = invalid.length === broken.length ? "clear" : "likely";
	return { limitedBy: "tester", certainty, evidence };
}

function turn({ broken, goesThroughTurn }: CulpritFacts): Culprit | undefined {
	if (!goesThroughTurn) return undefined;
	const refused = failuresOf(broken, turnCauses);
	if (refused !== undefined)
		return { limitedBy: "turn", certainty: "clear", evidence: [`relay: ${refused}`] };
	const cores = most(broken.map(({ turn }) => turn?.cpuCores));
	// coturn spreads its relays over threads, but each 5-tuple stays on one.
	if (cores === undefined || cores < busy) return undefined;
	const text = `coturn used ${cores.toFixed(2)} cores`;
	return { limitedBy: "turn", certainty: "likely", evidence: [text] };
}

function refusing(broken: readonly CapacityStep[]): Culprit | undefined {
	const refused = failuresOf(broken, refusals);
	return refused === undefined
		? undefined
		: { limitedBy: "server", certainty: "clear", evidence: [`the server refused: ${refused}`] };
}

/** What the server used in these runs, in words, where it had hardly any of its cores left. */
export function fullServer(runs: readonly CapacityStep[]): string | undefined {
	const cores = most(runs.map(({ server }) => server?.cores));
	const mean = most(runs.map(({ server }) => server?.cpuCores));
	const peak = most(runs.map(({ server }) => server?.peakCpuCores));
	if (cores === undefined) return undefined;
	const used = (cpu: number) => `livekit-server used ${cpu.toFixed(2)} of its ${cores} cores`;
	if (mean !== undefined && mean >= busy * cores) return used(mean);
	return peak !== undefined && peak >= busy * cores ? `${used(peak)} at its peak` : undefined;
}

function serverCpu(broken: readonly CapacityStep[]): Culprit | undefined {
	const full = fullServer(broken);
	if (full === undefined) return undefined;
	const evidence = [full];
	const lag = most(broken.map(({ tester }) => tester.lagP99Ms));
	if (lag !== undefined)
		evidence.push(`the tester kept its schedule (lag p99 ${Math.round(lag)} ms)`);
	return { limitedBy: "server", certainty: "clear", evidence };
}

/** Neither alone, but both together: the tester took what the server would have used. */
function sharedMachine({ broken, sharesMachine, machineCores }: CulpritFacts): Culprit | undefined {
	if (!sharesMachine) return undefined;
	const server = most(
		broken.map((step) => most([step.server?.cpuCores, step.server?.peakCpuCores])),
	);
	const own = most(broken.map((step) => most([step.tester.cpuCores, step.tester.peakCpuCores])));
	if (server === undefined || own === undefined) return undefined;
	if (server + own < machineFull * machineCores) return undefined;
	return {
		limitedBy: "tester",
		certainty: "likely",
		evidence: [
			`server (${server.toFixed(2)} cores) and tester (${own.toFixed(2)}) together filled the ${machineCores} cores of the machine they share`,
		],
	};
}

function network({ broken, sharesMachine, machineCores }: CulpritFacts): Culprit | undefined {
	const loss = most(broken.map(({ lossRatio }) => lossRatio));
	const errors = most(broken.map(({ receiveBufferErrors }) => receiveBufferErrors)) ?? 0;
	const own = most(broken.map(({ tester }) => tester.cpuCores));
	const hasLoss = loss !== undefined && loss > someLoss;
	if (!hasLoss) return undefined;
	const evidence = [`${(loss * 100).toFixed(2)}% loss with CPU to spare`];
	if (own !== undefined)
		evidence.push(`the tester used ${own.toFixed(2)} of ${machineCores} cores`);
	if (errors > 0)
		evidence.push(
			`this machine dropped ${errors} datagrams at full receive buffers${sharesMachine ? ", the server's or the tester's" : ": raise net.core.rmem_max here"}`,
		);
	const knowsServer = broken.some(({ server }) => server?.cpuCores !== undefined);
	if (!knowsServer) evidence.push("the server's CPU is not known (--server-metrics)");
	return { limitedBy: "network", certainty: knowsServer ? "likely" : "unclear", evidence };
}

function inDoubt(broken: readonly CapacityStep[]): string[] {
	const used = most(broken.map(({ server }) => server?.cpuCores));
	return [
		...new Set(broken.flatMap(({ thresholds }) => thresholds)),
		used === undefined
			? "the server's CPU is not known (--server-metrics), and the tester kept its schedule"
			: `livekit-server used only ${used.toFixed(2)} cores, nothing was lost, and the tester kept its schedule`,
	];
}

function failuresOf(broken: readonly CapacityStep[], causes: RegExp): string | undefined {
	const counts = new Map<string, number>();
	for (const { failures, lostCauses } of broken)
		for (const { cause, count } of [...failures, ...lostCauses])
			if (causes.test(cause)) counts.set(cause, (counts.get(cause) ?? 0) + count);
	if (counts.size === 0) return undefined;
	const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
	return `${total} participants in ${broken.length} runs (${[...counts.keys()].join(", ")})`;
}

function most(values: readonly (number | undefined)[]): number | undefined {
	const known = values.filter((value) => value !== undefined);
	return known.length === 0 ? undefined : Math.max(...known);
}
