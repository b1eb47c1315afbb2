import type { Socket } from "node:dgram";
import type { Clock } from "../../../clock/clock.js";
import type { Ticker } from "../../../clock/ticker.js";
import { BatchReader } from "./batch-reader.js";
import { udpSocket } from "./event-socket.js";
import { type Libc, linux } from "./libc.js";
import type { OnDatagram, OuterSocket } from "./outer-socket.js";
import { writeSocketAddress } from "./socket-address.js";

/** One for all sockets of a worker: it is used by one at a time. */
let reader: BatchReader | undefined;

/**
 * Each datagram as it comes while handshakes last, by the event loop; once settled, all that came in one call at each
 * tick, with the kernel's own times of arrival. That takes a third of the event loop's CPU a packet.
 */
export class BatchSocket implements OuterSocket {
	readonly port: number;
	readonly #libc: Libc;
	readonly #ticker: Ticker;
	readonly #onDatagram: OnDatagram;
	readonly #reader: BatchReader;
	readonly #fd: number;
	/** The event loop's own descriptor of the socket; gone once settled. */
	#events: Socket | undefined;
	#stopTicking: (() => void) | undefined;
	#isClosed = false;

	/** @throws Error when the system gives no socket */
	constructor(
		libc: Libc,
		family: 4 | 6,
		address: string,
		{ clock, ticker }: { clock: Clock; ticker: Ticker },
		onDatagram: OnDatagram,
	) {
		this.#libc = libc;
		this.#ticker = ticker;
		this.#onDatagram = onDatagram;
		reader ??= new BatchReader(libc, clock);
		this.#reader = reader;
		this.#fd = openBound(libc, family, address);
		this.#events = udpSocket(family);
		this.#events.on("message", (datagram, from) =>
			onDatagram(datagram, from.address, from.port, clock.nowMs()),
		);
		this.#events.bind({ fd: libc.fcntl(this.#fd, linux.F_DUPFD_CLOEXEC, 0), exclusive: true });
		this.port = this.#events.address().port;
	}

	send(datagram: Buffer, address: string, port: number): void {
		if (this.#events) {
			this.#events.send(datagram, port, address);
			return;
		}
		const to = writeSocketAddress(this.#libc, { address, port });
		this.#libc.sendto(this.#fd, datagram, datagram.length, linux.MSG_DONTWAIT, to, to.length);
	}

	settle(): void {
		if (!this.#events) return;
		this.#events.close();
		this.#events = undefined;
		this.#stopTicking = this.#ticker.add(() => this.#readAll(), readEveryMs);
	}

	close(): void {
		this.#isClosed = true;
		this.#events?.close();
		this.#stopTicking?.();
		this.#libc.close(this.#fd);
	}

	#readAll(): void {
		// A reader may close us, and the descriptor is then another's.
		for (let batch = 0; batch < mostBatches && !this.#isClosed; batch++) {
			if (!this.#reader.read(this.#fd, this.#onDatagram)) return;
		}
	}
}

/** Long enough to find some packets, short enough for STUN and RTCP to go on in time. */
const readEveryMs = 10;

/** A tick; more than a receive buffer of the usual size holds. */
const mostBatches = 64;

const yes = Buffer.from([1, 0, 0, 0]);

function openBound(libc: Libc, family: 4 | 6, address: string): number {
	const type = linux.SOCK_DGRAM | linux.SOCK_NONBLOCK | linux.SOCK_CLOEXEC;
	const fd = libc.socket(family === 6 ? linux.AF_INET6 : linux.AF_INET, type, 0);
	if (fd < 0) throw new Error("no UDP socket to be had");
	const sockaddr = writeSocketAddress(libc, { address, port: 0 });
	libc.setsockopt(fd, linux.SOL_SOCKET, linux.SO_TIMESTAMPNS, yes, yes.length);
	if (family === 6) libc.setsockopt(fd, linux.IPPROTO_IPV6, linux.IPV6_V6ONLY, yes, yes.length);
	if (libc.bind(fd, sockaddr, sockaddr.length) === 0) return fd;
	libc.close(fd);
	throw new Error(`no UDP socket on ${address} to be had`);
}
