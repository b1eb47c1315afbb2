import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { isIPv6 } from "node:net";
import type { StunAddress } from "../../turn/stun-attribute.js";

/** A UDP socket of this machine that stands for LiveKit: what is relayed must reach it, and it must reach the relay. */
export class OwnPeer {
	readonly #socket: Socket;
	/** Told of each datagram and whence it came. */
	onPacket: (payload: Buffer, from: StunAddress) => void = () => {};

	private constructor(socket: Socket) {
		this.#socket = socket;
		// Unreachable addresses are what is being looked for, not a fault of this socket.
		socket.on("error", () => {});
		socket.on("message", (payload, { address, port }) => this.onPacket(payload, { address, port }));
	}

	/** @param family that of the relayed address */
	static async open(family: "udp4" | "udp6"): Promise<OwnPeer> {
		const socket = createSocket(family);
		socket.bind(0);
		await once(socket, "listening");
		return new OwnPeer(socket);
	}

	get port(): number {
		return this.#socket.address().port;
	}

	/** No route is as good as lost. */
	send(payload: Buffer, to: StunAddress): void {
		this.#socket.send(payload, to.port, to.address, () => {});
	}

	close(): void {
		this.#socket.close();
	}
}

/** The local address from which a datagram to `far` would leave; undefined where there is no route. Sends nothing. */
export async function sourceAddressTo(far: StunAddress): Promise<string | undefined> {
	const socket = createSocket(isIPv6(far.address) ? "udp6" : "udp4");
	try {
		const connected = once(socket, "connect");
		socket.connect(far.port, far.address);
		await connected;
		return socket.address().address;
	} catch {
		return undefined;
	} finally {
		socket.close();
	}
}
