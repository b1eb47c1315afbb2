import { accessSync, constants, readFileSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { networkInterfaces, userInfo } from "node:os";
import { isAbsolute } from "node:path";
import type { FileFact, MachineFacts } from "./lint-facts.js";

const mostBytes = 1024 * 1024;
/** Of /proc/net/tcp: a listening socket. */
const listening = "0A";

/** This machine, as far as the rules ask for it. What cannot be read counts as open: no finding comes from it. */
export async function thisMachine(): Promise<MachineFacts> {
	const addresses = Object.values(networkInterfaces()).flatMap((list = []) =>
		list.map(({ address }) => address),
	);
	const isRoot = userInfo().uid === 0;
	const setting = await readFile("/proc/sys/net/ipv4/ip_unprivileged_port_start", "utf8").catch(
		() => "0",
	);
	return {
		addresses,
		firstFreePort: isRoot ? 0 : Number(setting),
		listening: {
			udp: await boundPorts(["/proc/net/udp", "/proc/net/udp6"]),
			tcp: await boundPorts(["/proc/net/tcp", "/proc/net/tcp6"], listening),
		},
		file: (path) => (isAbsolute(path) ? fileFact(path) : undefined),
	};
}

async function boundPorts(files: readonly string[], state?: string): Promise<ReadonlySet<number>> {
	const ports = new Set<number>();
	for (const file of files) {
		const table = await readFile(file, "utf8").catch(() => "");
		for (const row of table.split("\n").slice(1)) {
			const [, local = "", , stateOfRow] = row.trim().split(/\s+/);
			const port = Number.parseInt(local.split(":")[1] ?? "", 16);
			if (port > 0 && (state === undefined || state === stateOfRow)) ports.add(port);
		}
	}
	return ports;
}

function fileFact(path: string): FileFact {
	try {
		const stats = statSync(path);
		if (stats.isDirectory()) return { state: "directory" };
		const mode = stats.mode & 0o777;
		try {
			accessSync(path, constants.R_OK);
		} catch {
			return { state: "unreadable", mode };
		}
		const isText = stats.isFile() && stats.size <= mostBytes;
		return isText
			? { state: "there", mode, text: readFileSync(path, "utf8") }
			: { state: "there", mode };
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException;
		return { state: code === "ENOENT" || code === "ENOTDIR" ? "absent" : "unreadable" };
	}
}
