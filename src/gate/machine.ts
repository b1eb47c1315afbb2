/** What the figures in milliseconds, CPU seconds and bytes depend on beside the server. */
export interface Machine {
	readonly cpu: string;
	readonly cores: number;
	readonly memoryBytes: number;
	readonly os: string;
}

/** A kernel may keep a little more or less to itself from one start to the next. */
const memoryStep = 2 ** 30;

/** Machines with one fingerprint give comparable figures: `2 x Intel Xeon, 8 GiB, Linux`. */
export function fingerprint({ cpu, cores, memoryBytes, os }: Machine): string {
	return `${cores} x ${cpu.trim()}, ${Math.round(memoryBytes / memoryStep)} GiB, ${os}`;
}
