import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import type { Clock } from "../clock/clock.js";
import { ImpairedWay } from "./impaired-way.js";
import {
	type Direction,
	directions,
	type ImpairerCounts,
	type ImpairerOrder,
	type ImpairerSide,
} from "./impairer-messages.js";
import type { Impairment } from "./impairment.js";
import { PacketFate } from "./packet-fate.js";

/** A burst waits in the kernel while we are busy; asked for, the kernel may grant less. */
const bufferBytes = 4 * 1024 * 1024;

/**
 * The middle of an emulated link, for kernels without netem: takes the frames of two VXLAN ends (vxlan-end.ts) from
 * UDP and passes each on to the other end as its fate says. Any protocol passes, and neither end sees an address
 * that is not the other's, so ICE is as it would be on a wire.
 */
export class Impairer {
	readonly #sockets: readonly Socket[];
	readonly #ways: Readonly<Record<Direction, ImpairedWay>>;

	private constructor(sockets: readonly Socket[], ways: Record<Direction, ImpairedWay>) {
		this.#sockets = sockets;
		this.#ways = ways;
	}

	/** Passes everything on unharmed, until told otherwise. @throws Error of the system if a port is taken */
	static async start({ a, b, port, seed }: ImpairerOrder, clock: Clock): Promise<Impairer> {
		const atA = await bound(a.own, port);
		const atB = await bound(b.own, port).catch((error) => {
			atA.close();
			throw error;
		});
		const way = (direction: Direction, to: Socket, { end }: ImpairerSide) => {
			const fate = new PacketFate(seed, directions.indexOf(direction));
			// Nobody there any more: what is sent to them is lost, as on a wire.
			const send = (datagram: Buffer) => to.send(datagram, port, end, () => {});
			return new ImpairedWay({ clock, fate, send });
		};
		const ways = { aToB: way("aToB", atB, b), bToA: way("bToA", atA, a) };
		atA.on("message", (datagram) => ways.aToB.receive(datagram));
		atB.on("message", (datagram) => ways.bToA.receive(datagram));
		return new Impairer([atA, atB], ways);
	}

	impair(direction: Direction, impairment: Impairment): void {
		this.#ways[direction].impair(impairment);
	}

	get counts(): ImpairerCounts {
		return { aToB: this.#ways.aToB.counts, bToA: this.#ways.bToA.counts };
	}

	close(): void {
		for (const way of Object.values(this.#ways)) way.close();
		for (const socket of this.#sockets) socket.close();
	}
}

async function bound(address: string, port: number): Promise<Socket> {
	const socket = createSocket({
		type: "udp4",
		recvBufferSize: bufferBytes,
		sendBufferSize: bufferBytes,
		// Addresses are never names here.
		lookup: (name, _options, done) => done(null, name, 4),
	});
	// With a lookup that answers at once it may be listening before `bind` returns.
	const listening = once(socket, "listening");
	socket.bind(port, address);
	try {
		await listening;
	} catch (error) {
		socket.close();
		throw error;
	}
	socket.on("error", () => {});
	return socket;
}
