import type { Clock } from "../../../clock/clock.js";
import { type Libc, linux } from "./libc.js";
import type { OnDatagram } from "./outer-socket.js";
import { readSocketAddress, type SocketAddress } from "./socket-address.js";

/** More are read with a further call. */
const slots = 64;
/** Larger than any datagram of WebRTC; what is longer is cut. */
const datagramBytes = 2048;
/** sockaddr_in6. */
const nameBytes = 28;
/** One cmsg: header (16), timespec (16). */
const controlBytes = 32;
/** struct mmsghdr of a 64-bit Linux, and where its fields are. */
const message = {
	...{ bytes: 64, name: 0, nameLength: 8, iov: 16, iovLength: 24, control: 32 },
	...{ controlLength: 40, flags: 48, received: 56 },
} as const;
const iovBytes = 16;

/** Reads all that has come to a socket in one call (recvmmsg(2)), with the time at which the kernel took each. */
export class BatchReader {
	readonly #libc: Libc;
	readonly #clock: Clock;
	readonly #messages = Buffer.alloc(slots * message.bytes);
	readonly #names = Buffer.alloc(slots * nameBytes);
	readonly #controls = Buffer.alloc(slots * controlBytes);
	readonly #data = Buffer.alloc(slots * datagramBytes);
	/** Held: the messages point to it. */
	readonly #iovs = Buffer.alloc(slots * iovBytes);
	readonly #now = Buffer.alloc(16);
	readonly #known = new Map<number, SocketAddress>();

	constructor(libc: Libc, clock: Clock) {
		this.#libc = libc;
		this.#clock = clock;
		const [names, controls] = [libc.addressOf(this.#names), libc.addressOf(this.#controls)];
		const [data, iovs] = [libc.addressOf(this.#data), libc.addressOf(this.#iovs)];
		for (let n = 0; n < slots; n++) {
			const at = n * message.bytes;
			this.#messages.writeBigUInt64LE(names + BigInt(n * nameBytes), at + message.name);
			this.#messages.writeBigUInt64LE(iovs + BigInt(n * iovBytes), at + message.iov);
			this.#messages.writeBigUInt64LE(1n, at + message.iovLength);
			this.#messages.writeBigUInt64LE(controls + BigInt(n * controlBytes), at + message.control);
			this.#iovs.writeBigUInt64LE(data + BigInt(n * datagramBytes), n * iovBytes);
			this.#iovs.writeBigUInt64LE(BigInt(datagramBytes), n * iovBytes + 8);
		}
		this.#makeReady(slots);
	}

	/**
	 * @param onDatagram gets bytes that are overwritten once it returns
	 * @returns whether there may be more
	 */
	read(fd: number, onDatagram: OnDatagram): boolean {
		const count = this.#libc.recvmmsg(fd, this.#messages, slots, linux.MSG_DONTWAIT, null);
		if (count <= 0) return false;
		const toClockMs = this.#clock.nowMs() - this.#realTimeMs();
		for (let n = 0; n < count; n++) {
			const bytes = this.#messages.readUInt32LE(n * message.bytes + message.received);
			const at = n * datagramBytes;
			const from = this.#sender(n * nameBytes);
			const arrivalMs = toClockMs + timeMs(this.#controls, n * controlBytes + 16);
			onDatagram(this.#data.subarray(at, at + bytes), from.address, from.port, arrivalMs);
		}
		this.#makeReady(count);
		return count === slots;
	}

	/** The kernel has written lengths into what it used. */
	#makeReady(count: number): void {
		for (let n = 0; n < count; n++) {
			const at = n * message.bytes;
			this.#messages.writeUInt32LE(nameBytes, at + message.nameLength);
			this.#messages.writeUInt32LE(controlBytes, at + message.controlLength);
			this.#messages.writeUInt32LE(0, at + message.flags);
		}
	}

	#realTimeMs(): number {
		this.#libc.clock_gettime(linux.CLOCK_REALTIME, this.#now);
		return timeMs(this.#now, 0);
	}

	/** IPv4 senders are few and come again with each packet: their text is made once. */
	#sender(at: number): SocketAddress {
		if (this.#names.readUInt16LE(at) !== linux.AF_INET) return readSocketAddress(this.#names, at);
		const key = this.#names.readUInt32BE(at + 4) * 65_536 + this.#names.readUInt16BE(at + 2);
		let known = this.#known.get(key);
		if (!known) {
			known = readSocketAddress(this.#names, at);
			if (this.#known.size > mostKnown) this.#known.clear();
			this.#known.set(key, known);
		}
		return known;
	}
}

const mostKnown = 4096;

/** struct timespec, as milliseconds. */
function timeMs(buffer: Buffer, at: number): number {
	const seconds = buffer.readUInt32LE(at) + buffer.readUInt32LE(at + 4) * 2 ** 32;
	return seconds * 1000 + buffer.readUInt32LE(at + 8) / 1e6;
}
