import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";

/** What a process holds that a leak would make more of. */
export interface Vitals {
	readonly rssBytes: number;
	/** The part of it that no file backs: a kernel may take the pages of a program back while it idles, but not these. */
	readonly anonymousBytes: number;
	/** Open file descriptors, and those of them that are sockets. */
	readonly fds: number;
	readonly sockets: number;
	readonly threads: number;
}

/** What only the process itself can tell: `inside.js` writes it. */
export interface InnerVitals {
	/** JavaScript timers that are set. */
	readonly timers: number;
	/** libuv's handles, those of native callbacks among them. */
	readonly handles: number;
	/** V8's heap as it is, garbage included. */
	readonly heapUsed: number;
}

export type VitalName = keyof (Vitals & InnerVitals);

export function isMemory(name: VitalName): boolean {
	return name === "rssBytes" || name === "anonymousBytes" || name === "heapUsed";
}

/** One reading of one process. Readings from inside come at times of their own. */
export interface Reading extends Partial<Vitals & InnerVitals> {
	readonly atMs: number;
}

/** From /proc; undefined once the process is gone. */
export function vitalsOf(pid: number): Vitals | undefined {
	try {
		const names = readdirSync(`/proc/${pid}/fd`);
		const sockets = names.filter((fd) => targetOf(pid, fd).startsWith("socket:")).length;
		const threads = readdirSync(`/proc/${pid}/task`).length;
		const status = readFileSync(`/proc/${pid}/status`, "utf8");
		return {
			...{ rssBytes: bytesIn(status, "VmRSS"), anonymousBytes: bytesIn(status, "RssAnon") },
			...{ fds: names.length, sockets, threads },
		};
	} catch {
		return undefined;
	}
}

/** Empty once the process is gone. */
export function commandLine(pid: number): string {
	try {
		return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
	} catch {
		return "";
	}
}

/** What `inside.js` wrote of a process; nothing where it was not loaded. */
export function innerReadings(folder: string, pid: number): Reading[] {
	let text: string;
	try {
		text = readFileSync(join(folder, `${pid}.jsonl`), "utf8");
	} catch {
		return [];
	}
	const lines = text.slice(0, text.lastIndexOf("\n") + 1).split("\n");
	return lines.filter((line) => line !== "").map((line) => JSON.parse(line));
}

function bytesIn(status: string, field: string): number {
	return 1024 * Number(new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(status)?.[1]);
}

/** A descriptor may be closed between listing and looking. */
function targetOf(pid: number, fd: string): string {
	try {
		return readlinkSync(`/proc/${pid}/fd/${fd}`);
	} catch {
		return "";
	}
}
