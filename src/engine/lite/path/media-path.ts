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
	/** How the library first came to know of it. */
	knownBy: "candidate" | "packet" | undefined;
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
	 * The library's own socket, by its candidate: it may have nobody to send to, and is to have the server's checks all
	 * the same. A server gives a pair up whose checks nobody answers, and does not try it again.
	 */
	set libraryPort(port: number) {
		this.#libraryPort = port;
	}

	/**
	 * @returns the port on `innerAddress` that stands for this candidate of the server; undefined if the library is not
	 * to be told of it: no socket of ours can reach it, or a check from there came first. libjuice has a pair for it
	 * then, would make a second one, and could nominate neither
	 */
	portFor({ address, port }: Pick<Candidate, "address" | "port">): number | undefined {
		const remote = this.#remote(address, port);
		if (!remote || remote.knownBy === "packet") return undefined;
		remote.knownBy = "candidate";
		return remote.inner.address().port;
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
		if (this.#libraryPort === 0) return;
		remote.knownBy ??= "packet";
		// A copy: what the socket gave is its own, and a send may wait.
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
		inner.on("message", (datagram) => {
			outer.send(datagram, address, port);
			if (datagram[0] === 0x01 && datagram[1] === 0x01) this.#options.onCheckAnswered();
		});
		const remote: Remote = { address, port, inner, knownBy: undefined };
		this.#remotes.set(key, remote);
		return remote;
	}
}
