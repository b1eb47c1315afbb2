import { arch, endianness, platform } from "node:os";
import koffi from "koffi";

/**
 * What Node cannot do with a UDP socket: read many datagrams in one call, each with the kernel's time of its
 * arrival. Linux on 64 bits, little-endian (x64, arm64), glibc or musl; numbers are those of its headers.
 */
export interface Libc {
	/** @returns a file descriptor, or -1 */
	socket(domain: number, type: number, protocol: number): number;
	/** @returns 0, or -1 */
	bind(fd: number, address: Buffer, length: number): number;
	/** @returns another descriptor of the same socket, or -1 */
	fcntl(fd: number, command: number, least: number): number;
	close(fd: number): number;
	setsockopt(fd: number, level: number, name: number, value: Buffer, length: number): number;
	/** @returns how many messages were read, or -1 */
	recvmmsg(fd: number, messages: Buffer, most: number, flags: number, timeout: null): number;
	sendto(
		...args: [fd: number, data: Buffer, bytes: number, flags: number, to: Buffer, length: number]
	): number;
	/** @returns 1 if `text` was an address of the family */
	inet_pton(family: number, text: string, into: Buffer): number;
	clock_gettime(clock: number, into: Buffer): number;
	/** Where a Buffer's bytes are; right for as long as it is referenced. */
	addressOf(buffer: Buffer): bigint;
}

export const linux = {
	...{ AF_INET: 2, AF_INET6: 10, SOCK_DGRAM: 2, SOCK_NONBLOCK: 0x800, SOCK_CLOEXEC: 0x80000 },
	...{
		F_DUPFD_CLOEXEC: 1030,
		SOL_SOCKET: 1,
		SO_TIMESTAMPNS: 35,
		IPPROTO_IPV6: 41,
		IPV6_V6ONLY: 26,
	},
	...{ MSG_DONTWAIT: 0x40, CLOCK_REALTIME: 0 },
} as const;

const declarations = {
	socket: "int socket(int domain, int type, int protocol)",
	bind: "int bind(int fd, void *address, uint32_t length)",
	// Variadic in C; its one argument is passed as any other on x64 and on Linux arm64.
	fcntl: "int fcntl(int fd, int command, int least)",
	close: "int close(int fd)",
	setsockopt: "int setsockopt(int fd, int level, int name, void *value, uint32_t length)",
	recvmmsg: "int recvmmsg(int fd, void *messages, uint32_t most, int flags, void *timeout)",
	sendto: "int64_t sendto(int fd, void *data, size_t bytes, int flags, void *to, uint32_t length)",
	inet_pton: "int inet_pton(int family, const char *text, void *into)",
	clock_gettime: "int clock_gettime(int clock, void *into)",
} as const;

let loaded: Libc | undefined | "not yet" = "not yet";

/** The C library of this process; undefined where it is none that we know. */
export function loadLibc(): Libc | undefined {
	if (loaded === "not yet") loaded = load();
	return loaded;
}

function load(): Libc | undefined {
	const isKnown = platform() === "linux" && ["x64", "arm64"].includes(arch());
	if (!isKnown || endianness() !== "LE") return undefined;
	try {
		const library = koffi.load(null);
		const functions = Object.entries(declarations).map(([name, text]) => [
			name,
			library.func(text),
		]);
		// koffi gives functions of any type: `declarations` and `Libc` say the same thing twice.
		return {
			...(Object.fromEntries(functions) as Omit<Libc, "addressOf">),
			addressOf: (buffer) => BigInt(koffi.address(buffer)),
		};
	} catch {
		return undefined;
	}
}
