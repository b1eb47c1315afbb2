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

/** Seat and number of the life with this identity in the run with this tag; undefined for anyone else. */
export function lifeOf(
	runTag: string,
	identity: string,
): { readonly seat: number; readonly number: number } | undefined {
	if (!identity.startsWith(`${runTag}-p`)) return undefined;
	const [, seat, number] = /^p(\d{1,9})-(\d{1,15})$/.exec(identity.slice(runTag.length + 1)) ?? [];
	return seat === undefined ? undefined : { seat: Number(seat), number: Number(number) };
}

export function roomNameOf(runTag: string, room: number): string {
	return `${runTag}-r${room}`;
}
