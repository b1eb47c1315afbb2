import { readFile } from "node:fs/promises";

/** The UDP sockets of this machine (network namespace), of one address family. */
export interface UdpSockets {
	/** Local ports in use, on any address. */
	readonly ports: ReadonlySet<number>;
	/** Datagrams the kernel dropped at a port because the socket's receive buffer was full; only those above 0. */
	readonly dropped: ReadonlyMap<number, number>;
}

const tables = { 4: "/proc/net/udp", 6: "/proc/net/udp6" } as const;

/** @returns undefined where the system does not tell (only Linux does, in /proc/net) */
export async function readUdpSockets(family: 4 | 6): Promise<UdpSockets | undefined> {
	try {
		return parseUdpSockets(await readFile(tables[family], "utf8"));
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
