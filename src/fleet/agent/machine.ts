import { readFile } from "node:fs/promises";
import { availableParallelism, totalmem } from "node:os";
import { dirname, join } from "node:path";

/** What of this machine is ours. */
export interface Machine {
	/** CPUs, in parts where a container has a quota. */
	readonly cpus: number;
	readonly memoryBytes: number;
}

const root = "/sys/fs/cgroup";

/**
 * This machine, or the part of it that its control groups (v2 or v1) leave us: a container on a machine of 64 cores
 * may have two of them.
 */
export async function thisMachine(): Promise<Machine> {
	const limits = await cgroupLimits((path) => readFile(path, "utf8"));
	return {
		cpus: Math.min(availableParallelism(), limits.cpus),
		memoryBytes: Math.min(totalmem(), limits.memoryBytes),
	};
}

/**
 * The tightest limits of the process's group and of those around it; infinite where there are none.
 * @param read a file's text; rejects where there is no such file
 */
export async function cgroupLimits(read: (path: string) => Promise<string>): Promise<Machine> {
	const text = (path: string) => read(path).catch(() => "");
	const own = /^0::(\/.*)$/m.exec(await text("/proc/self/cgroup"))?.[1] ?? "/";
	const cpus = [quota(await text(join(root, "cpu/cpu.cfs_quota_us")), await text(periodFile))];
	const memory = [amount(await text(join(root, "memory/memory.limit_in_bytes")))];
	for (let group = own; ; group = dirname(group)) {
		const [quotaText = "", periodText = ""] = (await text(join(root, group, "cpu.max"))).split(" ");
		cpus.push(quota(quotaText, periodText));
		memory.push(amount(await text(join(root, group, "memory.max"))));
		if (group === "/" || group === ".") break;
	}
	return { cpus: Math.min(...cpus), memoryBytes: Math.min(...memory) };
}

const periodFile = join(root, "cpu/cpu.cfs_period_us");

/** v1 says -1 where there is none, v2 `max`. */
function quota(quotaText: string, periodText: string): number {
	const share = Number.parseInt(quotaText, 10) / Number.parseInt(periodText, 10);
	return share > 0 ? share : Number.POSITIVE_INFINITY;
}

/** v1 writes a number near 2^63 for "no limit"; the machine's own memory is less. */
function amount(text: string): number {
	const bytes = Number.parseInt(text, 10);
	return bytes > 0 ? bytes : Number.POSITIVE_INFINITY;
}
