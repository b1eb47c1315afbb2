import type { EngineParticipant } from "../engine/engine.js";
import type { Life } from "../plan/plan.js";

/** A participant in its room, as others of its worker may deal with it. */
export interface Presence {
	readonly life: Life;
	readonly participant: EngineParticipant;
	/** The connection is being mended. */
	isReconnecting(): boolean;
	/** Leaves now, politely, instead of at the planned end. */
	dismiss(): void;
}

/** Who is told of the participants of a worker. Calls never throw. */
export interface PresenceListener {
	onPresent(presence: Presence): void;
	/** Before it leaves, or when it is lost. */
	onAbsent(life: Life, how: "left" | "lost"): void;
}
