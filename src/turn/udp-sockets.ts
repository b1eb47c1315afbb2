import { readFile } from "node:fs/promises";

/** The UDP sockets of this machine (network namespace). */
export interface UdpSockets {
	/** Local ports in use, on any address. */
	readonly ports: ReadonlySet<number>;
	/** Datagrams the kernel dropped at a port because the socket's receive buffer was full; only those above 0. */
	readonly dropped: ReadonlyMap<number, number>;
}

/** @returns undefined where the system does not tell (only Linux does, in /proc/net) */
export async function readUdpSockets(): Promise<UdpSockets | undefined> {
	try {
		const v4 = await readFile("/proc/net/udp", "utf8");
		// Absent where IPv6 is switched off.
		const v6 = await readFile("/proc/net/udp6", "utf8").catch(() => "");
		return parseUdpSockets(`${v4}\n${v6}`);
	} catch {
		return undefined;
	}
}

/** Reads lines as proc(5) describes them: `sl local_address … drops`, the port in hexadecimal after a colon. */
export function parseUdpSockets(table: string): UdpSockets {
	const ports = new Set<number>();
	const dropped = new Map<number, number>();
	for (const [, hexPort = "", drops = ""] of table.matchAll(
		/^ *\d+: [0-9A-F]+:([0-9A-F]{4}) .* (\d+) *$/gm,
	)) {
		const port = Number.parseInt(hexPort, 16);
		ports.add(port);
		if (drops !== "0") dropped.set(port, (dropped.get(port) ?? 0) + Number(drops));
	}
	return { ports, dropped };
}
