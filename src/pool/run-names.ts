import type { Life } from "../plan/plan.js";

/** Identities and rooms carry the run's tag, so that two runs on one server never meet. */
export function identityOf(runTag: string, { seat, number }: Life): string {
	return `${runTag}-p${seat.index}-${number}`;
}

/** The seat of an identity made by `identityOf`; undefined for anyone else in the room. */
export function seatOf(identity: string): number | undefined {
	const [, seat] = /-p(\d+)-\d+$/.exec(identity) ?? [];
	return seat === undefined ? undefined : Number(seat);
}

export function roomNameOf(runTag: string, room: number): string {
	return `${runTag}-r${room}`;
}
