import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** What some processes hold open. */
export interface Held {
	readonly descriptors: number;
	readonly udpSockets: number;
	readonly tcpSockets: number;
}

/** Reads /proc/PID/fd (proc_pid_fd(5)) and the kernel's tables of sockets; processes that end meanwhile count less. */
export function heldBy(pids: Iterable<number>): Held {
	const udp = inodesIn(["udp", "udp6"]);
	const tcp = inodesIn(["tcp", "tcp6"]);
	const held = { descriptors: 0, udpSockets: 0, tcpSockets: 0 };
	for (const target of [...pids].flatMap(targetsOf)) {
		const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? "";
		held.descriptors++;
		if (udp.has(inode)) held.udpSockets++;
		if (tcp.has(inode)) held.tcpSockets++;
	}
	return held;
}

function targetsOf(pid: number): string[] {
	const folder = `/proc/${pid}/fd`;
	try {
		return readdirSync(folder).map((fd) => readlinkSync(`${folder}/${fd}`));
	} catch {
		return [];
	}
}

function inodesIn(tables: readonly string[]): ReadonlySet<string> {
	return new Set(
		tables.flatMap((table) => {
			const [, ...rows] = textOf(`/proc/net/${table}`).trim().split("\n");
			return rows.map((row) => row.trim().split(/\s+/)[9] ?? "");
		}),
	);
}

/** Empty where there is no such table: IPv6 may be off. */
function textOf(file: string): string {
	try {
		return readFileSync(file, "utf8");
	} catch {
		return "";
	}
}
