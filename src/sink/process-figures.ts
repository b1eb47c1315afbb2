import { readdir, readFile } from "node:fs/promises";

/** What the kernel says of a process; a figure is absent where it cannot be read (not Linux, gone). */
export interface ProcessFigures {
	readonly openFds?: number;
	readonly residentBytes?: number;
}

/** @param pid of this machine, or `self` for this process */
export async function processFigures(pid: number | "self"): Promise<ProcessFigures> {
	const [fds, status] = await Promise.all([
		readdir(`/proc/${pid}/fd`).catch(() => undefined),
		readFile(`/proc/${pid}/status`, "utf8").catch(() => ""),
	]);
	const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
	return {
		...(fds === undefined ? {} : { openFds: fds.length }),
		...(kibibytes === undefined ? {} : { residentBytes: Number(kibibytes) * 1024 }),
	};
}
