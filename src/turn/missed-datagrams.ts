import type { UdpSockets } from "./udp-sockets.js";

/** A UDP port of the bridge itself. */
export interface OwnUdpPort {
	readonly family: 4 | 6;
	readonly port: number;
}

/**
 * What the kernel dropped at ports of the bridge because it read too late. The kernel's count of a port ends with
 * its socket; here it is kept.
 */
export class MissedDatagrams {
	readonly #byPort = new Map<string, number>();
	#ofGone = 0;

	get total(): number {
		let total = this.#ofGone;
		for (const count of this.#byPort.values()) total += count;
		return total;
	}

	/** @param tables as just read; a family that could not be read tells nothing new */
	look({ family, port }: OwnUdpPort, tables: { 4?: UdpSockets; 6?: UdpSockets }): void {
		const count = tables[family]?.dropped.get(port);
		if (count !== undefined) this.#byPort.set(`${family}:${port}`, count);
	}

	/** The port is closed: another socket may have it next, and its count begins at 0. */
	gone({ family, port }: OwnUdpPort): void {
		const key = `${family}:${port}`;
		this.#ofGone += this.#byPort.get(key) ?? 0;
		this.#byPort.delete(key);
	}
}
