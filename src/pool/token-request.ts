import type { Life } from "../plan/plan.js";
import type { TokenRequest } from "../token/token-source.js";
import { identityOf, roomNameOf } from "./run-names.js";

/** What a participant's token must let it do: no more than the plan has it do. */
export function tokenRequestOf(runTag: string, life: Life): TokenRequest {
	const { seat } = life;
	return {
		identity: identityOf(runTag, life),
		room: roomNameOf(runTag, seat.room),
		canPublish: seat.role !== "subscriber",
		canSubscribe: seat.role !== "publisher",
		canPublishData: seat.data !== undefined,
		index: seat.index,
	};
}
