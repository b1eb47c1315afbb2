import { readFile } from "node:fs/promises";

/**
 * UDP datagrams that this machine has thrown away because a socket's receive buffer was full, since it started
 * (RcvbufErrors of RFC 4113's table as Linux has it). Undefined where the system does not tell.
 */
export async function readReceiveErrors(path = "/proc/net/snmp"): Promise<number | undefined> {
	return receiveErrors(await readFile(path, "utf8").catch(() => ""));
}

/** In the text of /proc/net/snmp: a line of names, then a line of values. */
export function receiveErrors(text: string): number | undefined {
	const [names, values] = text
		.split("\n")
		.filter((line) => line.startsWith("Udp:"))
		.map((line) => line.trim().split(/\s+/));
	const column = names?.indexOf("RcvbufErrors") ?? -1;
	const value = column < 0 ? undefined : values?.[column];
	return value === undefined ? undefined : Number(value);
}
