import { readdirSync, readFileSync } from "node:fs";

/** What /proc says of one process. */
export interface ProcessStat {
	readonly parent: number;
	/** Its own, user and system. */
	readonly cpuSeconds: number;
	/** Of those of its children (and theirs) that have ended and were waited for. */
	readonly endedChildrenCpuSeconds: number;
}

/** Linux counts in these for every program, whatever its own tick is (USER_HZ). */
const ticksPerSecond = 100;

/**
 * Reads /proc/PID/stat (proc_pid_stat(5)). The name in it may hold spaces and parentheses.
 * @returns undefined where the text is no such line
 */
export function parseStat(text: string): ProcessStat | undefined {
	const fields = text.slice(text.lastIndexOf(")") + 1).trim();
	const numbers = fields.split(/\s+/).map(Number);
	// The first here is the third of the manual page.
	const field = (number: number) => numbers[number - 3] ?? Number.NaN;
	const stat = {
		parent: field(4),
		cpuSeconds: (field(14) + field(15)) / ticksPerSecond,
		endedChildrenCpuSeconds: (field(16) + field(17)) / ticksPerSecond,
	};
	return Object.values(stat).every(Number.isFinite) ? stat : undefined;
}

/** Some processes and all that they started, as of now; those that go meanwhile are left out. */
export function processTree(roots: readonly number[]): Map<number, ProcessStat> {
	const all = new Map<number, ProcessStat>();
	const children = new Map<number, number[]>();
	for (const name of readdirSync("/proc")) {
		const pid = Number(name);
		const stat = Number.isInteger(pid) ? statOf(pid) : undefined;
		if (!stat) continue;
		all.set(pid, stat);
		children.set(stat.parent, [...(children.get(stat.parent) ?? []), pid]);
	}
	const tree = new Map<number, ProcessStat>();
	for (const next = [...roots]; next.length > 0; ) {
		const pid = next.pop() ?? 0;
		const stat = all.get(pid);
		if (!stat || tree.has(pid)) continue;
		tree.set(pid, stat);
		next.push(...(children.get(pid) ?? []));
	}
	return tree;
}

/** CPU time so far of a tree, with that of its members that have ended. */
export function treeCpuSeconds(tree: ReadonlyMap<number, ProcessStat>): number {
	return [...tree.values()].reduce(
		(sum, { cpuSeconds, endedChildrenCpuSeconds }) => sum + cpuSeconds + endedChildrenCpuSeconds,
		0,
	);
}

/** CPU time of one process, without its children. */
export function cpuSecondsOf(pid: number): number {
	return statOf(pid)?.cpuSeconds ?? 0;
}

/** CPU time, to the last tick, of all processes that this one started and that have ended. */
export function endedChildrenCpuSeconds(): number {
	return statOf("self")?.endedChildrenCpuSeconds ?? 0;
}

/** Resident memory: what `ps` shows. Pages that several processes share count in each. */
export function rssBytesOf(pids: Iterable<number>): number {
	return sumOf(pids, "status", /^VmRSS:\s+(\d+) kB/m);
}

/** Proportional memory: a page shared by n processes counts as 1/n in each. Costs a walk of the page tables. */
export function pssBytesOf(pids: Iterable<number>): number {
	return sumOf(pids, "smaps_rollup", /^Pss:\s+(\d+) kB/m);
}

function sumOf(pids: Iterable<number>, file: string, line: RegExp): number {
	let bytes = 0;
	for (const pid of pids) bytes += Number(line.exec(read(pid, file))?.[1] ?? 0) * 1024;
	return bytes;
}

function statOf(pid: number | "self"): ProcessStat | undefined {
	return parseStat(read(pid, "stat"));
}

/** Empty once the process is gone. */
function read(pid: number | "self", file: string): string {
	try {
		return readFileSync(`/proc/${pid}/${file}`, "utf8");
	} catch {
		return "";
	}
}
