import type { Socket } from "node:dgram";
import { isIP } from "node:net";
import { networkInterfaces } from "node:os";
import type { Clock } from "../../../clock/clock.js";
import type { Ticker } from "../../../clock/ticker.js";
import type { Candidate } from "../../../ice/candidate.js";
import { BatchSocket } from "./batch-socket.js";
import { datagramKind } from "./datagram-kind.js";
import { EventSocket, openUdp } from "./event-socket.js";
import { hostAddresses } from "./host-addresses.js";
import { loadLibc } from "./libc.js";
import type { OnDatagram, OuterSocket } from "./outer-socket.js";

type Family = 4 | 6;

export interface MediaPathOptions {
	readonly clock: Clock;
	readonly ticker: Ticker;
	/** The server is on this machine: loopback is the one address to be seen at. */
	readonly toLoopback: boolean;
	/** Whatever comes is to go on at once, even when media flows: a tick is too long for one who measures latency. */
	readonly isUrgent: boolean;
	/**
	 * An SRTP packet has come. Its header is in the clear (RFC 3711, 3.1).
	 * @returns whether libdatachannel is to have it too
	 */
	onRtp(packet: Buffer, arrivalMs: number): boolean;
	/** The library has answered a check of the server's: to the server the pair works. */
	onCheckAnswered(): void;
	/** The server's last flight of the DTLS handshake has come, where we are its client. */
	onDtlsFinished(arrivalMs: number): void;
}

/** Where the library's own socket and the inner ends of the path are. */
export const innerAddress = "127.0.0.1";

/** First byte of a DTLS record, by which the last flight begins: ChangeCipherSpec, then Finished (RFC 6347, 4.2.4). */
const changeCipherSpec = 20;

/** A server sends from the addresses that it names, and a few that it does not (peer-reflexive ones). */
const mostRemotes = 32;

interface Remote {
	readonly address: string;
	readonly port: number;
	/** Stands for the remote on loopback: what the library sends here goes there, and back. */
	readonly inner: Socket;
}

/**
 * The UDP way between one libdatachannel peer connection and the server, through sockets of our own. The library
 * hands over each packet by waking this thread, at more than the cost of all its other work together; here a packet is
 * counted by its header as it comes, and only what the library needs (STUN, DTLS, RTCP, a sample of RTP) goes
 * on to it. Nothing in a datagram is changed.
 *
 * The library believes that each remote address is a port on loopback; the server, that we are `candidates()`.
 */
export class MediaPath {
	readonly #options: MediaPathOptions;
	readonly #outer = new Map<Family, OuterSocket>();
	readonly #addresses: ReturnType<typeof hostAddresses>;
	readonly #remotes = new Map<string, Remote>();
	/** The one that media comes from, most of the time. */
	#latest: Remote | undefined;
	/** Port of the library's own socket; told by what it sends first. */
	#libraryPort = 0;
	#isClosed = false;

	constructor(options: MediaPathOptions) {
		this.#options = options;
		this.#addresses = hostAddresses(networkInterfaces(), options.toLoopback);
		const any = options.toLoopback ? innerAddress : "0.0.0.0";
		if (this.#addresses[4].length > 0) this.#openOuter(4, any);
		if (this.#addresses[6].length > 0) this.#openOuter(6, "::");
	}

	/** What the server is to be told instead of the library's own candidate, most preferred first. */
	hostCandidates(): { readonly address: string; readonly port: number }[] {
		return ([4, 6] as const).flatMap((family) => {
			const port = this.#outer.get(family)?.port;
			return port === undefined
				? []
				: this.#addresses[family].map((address) => ({ address, port }));
		});
	}

	/**
	 * @returns the port on `innerAddress` that stands for this candidate of the server; undefined if no socket of
	 * ours can reach it
	 */
	portFor({ address, port }: Pick<Candidate, "address" | "port">): number | undefined {
		return this.#remote(address, port)?.inner.address().port;
	}

	close(): void {
		this.#isClosed = true;
		for (const socket of this.#outer.values()) socket.close();
		for (const { inner } of this.#remotes.values()) inner.close();
		this.#remotes.clear();
		this.#outer.clear();
		this.#latest = undefined;
	}

	#openOuter(family: Family, address: string): void {
		const onDatagram: OnDatagram = (datagram, from, port, arrivalMs) =>
			this.#fromServer(datagram, from, port, arrivalMs);
		const libc = this.#options.isUrgent ? undefined : loadLibc();
		const socket = libc
			? new BatchSocket(libc, family, address, this.#options, onDatagram)
			: new EventSocket(family, address, this.#options.clock, onDatagram);
		this.#outer.set(family, socket);
	}

	#fromServer(datagram: Buffer, address: string, port: number, arrivalMs: number): void {
		const latest = this.#latest;
		const isKnown = latest?.port === port && latest.address === address;
		const remote = isKnown ? latest : this.#remote(address, port);
		if (!remote) return;
		if (datagramKind(datagram) === "rtp") {
			if (!latest) for (const outer of this.#outer.values()) outer.settle();
			this.#latest = remote;
			if (!this.#options.onRtp(datagram, arrivalMs)) return;
		}
		if (datagram[0] === changeCipherSpec) this.#options.onDtlsFinished(arrivalMs);
		// A copy: what the socket gave is its own, and a send may wait.
		if (this.#libraryPort !== 0)
			remote.inner.send(Buffer.from(datagram), this.#libraryPort, innerAddress);
	}

	#remote(address: string, port: number): Remote | undefined {
		const key = `${address} ${port}`;
		const known = this.#remotes.get(key);
		if (known) return known;
		const outer = this.#outer.get(isIP(address) === 6 ? 6 : 4);
		if (this.#isClosed || !outer || isIP(address) === 0 || this.#remotes.size >= mostRemotes) {
			return undefined;
		}
		const inner = openUdp(4, innerAddress);
		inner.on("message", (datagram, from) => {
			this.#libraryPort = from.port;
			outer.send(datagram, address, port);
			if (datagram[0] === 0x01 && datagram[1] === 0x01) this.#options.onCheckAnswered();
		});
		const remote = { address, port, inner };
		this.#remotes.set(key, remote);
		return remote;
	}
}
