import type { Presence } from "../participant/presence.js";
import type { MediaSign } from "./media-sign.js";

/** Sees that media flows by asking for the totals again and again: where no single packet can be seen. */
export class PulsePoll {
	readonly #presence: Presence;
	#packets: number | undefined;
	#isAsking = false;

	constructor(presence: Presence) {
		this.#presence = presence;
	}

	/** @param onBeat called, now or a moment later, if there was media since the last look */
	look(sign: MediaSign, nowMs: number, onBeat: (atMs: number) => void): void {
		// What is sent into a connection that is being mended reaches nobody.
		if (sign !== "heard" && this.#presence.isReconnecting()) return;
		if (sign === "connected") {
			onBeat(nowMs);
			return;
		}
		void this.#ask(sign, () => onBeat(nowMs));
	}

	async #ask(sign: "heard" | "sent", onMore: () => void): Promise<void> {
		if (this.#isAsking) return;
		this.#isAsking = true;
		const totals = await this.#presence.participant.mediaTotals().catch(() => undefined);
		this.#isAsking = false;
		if (!totals) return;
		const packets =
			sign === "sent"
				? totals.packetsSent
				: totals.inbound.reduce((sum, { packetsReceived }) => sum + packetsReceived, 0);
		const before = this.#packets;
		this.#packets = packets;
		// Tracks that end take their packets along: fewer are a change as well, but no sign of media.
		if (before !== undefined && packets > before) onMore();
	}
}
