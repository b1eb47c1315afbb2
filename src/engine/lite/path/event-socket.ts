import { createSocket, type Socket } from "node:dgram";
import type { Clock } from "../../../clock/clock.js";
import type { OnDatagram, OuterSocket } from "./outer-socket.js";

/** Each datagram as the event loop finds it: what every platform has. */
export class EventSocket implements OuterSocket {
	readonly #socket: Socket;

	constructor(family: 4 | 6, address: string, clock: Clock, onDatagram: OnDatagram) {
		this.#socket = openUdp(family, address);
		this.#socket.on("message", (datagram, from) =>
			onDatagram(datagram, from.address, from.port, clock.nowMs()),
		);
	}

	get port(): number {
		return this.#socket.address().port;
	}

	send(datagram: Buffer, address: string, port: number): void {
		this.#socket.send(datagram, port, address);
	}

	settle(): void {}

	close(): void {
		this.#socket.close();
	}
}

/** On a free port, and bound when this returns: the address needs no resolver. */
export function openUdp(family: 4 | 6, address: string): Socket {
	const socket = udpSocket(family);
	socket.bind(0, address);
	return socket;
}

/** Not bound yet. */
export function udpSocket(family: 4 | 6): Socket {
	const socket = createSocket({
		type: family === 6 ? "udp6" : "udp4",
		ipv6Only: family === 6,
		lookup: (name, _options, done) => done(null, name, family),
	});
	// A send to a port that is closed is no fault of ours: ICE finds out who is not there.
	socket.on("error", () => {});
	return socket;
}
