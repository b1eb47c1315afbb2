import type { BridgeDelayFigures } from "./bridge-delay.js";

/** One way through the bridge, since its start. */
export interface BridgeDirection {
	readonly datagrams: number;
	/** Because the other side could not take them. */
	readonly dropped: number;
	readonly delay: BridgeDelayFigures;
}

/** Since the bridge's start. */
export interface TurnDatagramBridgeStats {
	/** Connected or connecting just now. */
	readonly clients: number;
	/**
	 * Begun, never come about, and lost without the client's asking. A client over UDP counts as failed when its
	 * server is unreachable from the start, and as lost when it becomes so later.
	 */
	readonly connections: {
		readonly opened: number;
		readonly failed: number;
		readonly lost: number;
	};
	/** Delay: from the datagram's arrival (or, before that, the connection) until the kernel took it. */
	readonly toServer: BridgeDirection;
	/** Delay: from reading the bytes until the datagram was sent. */
	readonly toClient: BridgeDirection;
	/** Datagrams of clients that were no TURN message, or belonged to no connection. */
	readonly refused: number;
	/** Dropped by the kernel before the bridge could read them, from either side; known to the second, and on Linux only. */
	readonly missed: number;
}
