import { randomInt } from "node:crypto";
import { createSocket } from "node:dgram";
import { createServer } from "node:net";
import { UserError } from "../error/user-error.js";

/** Consecutive ports, all for one server. */
export interface PortBlock {
	/** TCP (and for coturn UDP as well): bound as long as the server lives, so that the block is visibly taken. */
	readonly first: number;
	/** UDP for media: `mediaStart` to `mediaEnd`, both included. */
	readonly mediaStart: number;
	readonly mediaEnd: number;
}

const blockWidth = 2_500;
/** Two ports a participant (publisher and subscriber): room for 1,000. */
const enoughFree = 2_000;
const firstBlock = 10_000;
const lastPort = 65_000;
/** Linux hands out ports from here on to anybody; blocks below are tried first. */
const ephemeralStart = 32_768;
const bindsAtOnce = 250;

/**
 * A block of 2,500 ports whose first port is free on TCP and UDP and of whose others at least
 * 2,000 can be bound on UDP. Servers skip the few that are in use.
 *
 * Free now is not free for ever: a caller whose server cannot bind asks again.
 *
 * @throws UserError (exit 1) where no block is free
 */
export async function freePortBlock(host: string, signal?: AbortSignal): Promise<PortBlock> {
	for (const first of candidateStarts()) {
		signal?.throwIfAborted();
		if (!(await isTcpFree(first)) || !(await isUdpFree(host, first))) continue;
		const mediaStart = first + 1;
		const mediaEnd = first + blockWidth - 1;
		if ((await countFreeUdp(host, mediaStart, mediaEnd)) >= enoughFree) {
			return { first, mediaStart, mediaEnd };
		}
	}
	throw new UserError({
		message: `No block of ${blockWidth} ports with ${enoughFree} free UDP ports on ${host}.`,
		hint: "Stop what holds so many UDP ports (`ss -lun` lists it).",
		exitCode: 1,
	});
}

/** Fixed starts, each half in random order: two runs at once seldom look at the same block. */
function candidateStarts(): number[] {
	const low: number[] = [];
	const high: number[] = [];
	for (let first = firstBlock; first + blockWidth <= lastPort; first += blockWidth) {
		(first + blockWidth <= ephemeralStart ? low : high).push(first);
	}
	return [...shuffled(low), ...shuffled(high)];
}

function shuffled(numbers: number[]): number[] {
	return numbers
		.map((value) => ({ value, order: randomInt(2 ** 32) }))
		.sort((a, b) => a.order - b.order)
		.map(({ value }) => value);
}

/** On all addresses, because livekit-server binds its ICE/TCP port so. */
function isTcpFree(port: number): Promise<boolean> {
	return new Promise((resolve) => {
		const server = createServer();
		server.once("error", () => resolve(false));
		server.listen({ port, exclusive: true }, () => server.close(() => resolve(true)));
	});
}

function isUdpFree(host: string, port: number): Promise<boolean> {
	return new Promise((resolve) => {
		const socket = createSocket("udp4");
		socket.once("error", () => {
			socket.close();
			resolve(false);
		});
		socket.bind({ port, address: host, exclusive: true }, () => socket.close(() => resolve(true)));
	});
}

/** In slices, so that the probe stays within the usual limit of open files. */
async function countFreeUdp(host: string, start: number, end: number): Promise<number> {
	let free = 0;
	for (let port = start; port <= end; port += bindsAtOnce) {
		const slice = Math.min(bindsAtOnce, end - port + 1);
		const answers = await Promise.all(
			Array.from({ length: slice }, (_, offset) => isUdpFree(host, port + offset)),
		);
		free += answers.filter(Boolean).length;
	}
	return free;
}
