import { ReconnectReason } from "@livekit/protocol";
import fc from "fast-check";
import { expect, test } from "vitest";
import { nextWakeMs } from "../../../../../src/engine/lite/signal/signal-state.js";
import { Drive, joinResponse, reconnectMessage, told } from "./drive.js";

/** Anything that the world can do to the machine, in any order. */
const happenings: readonly ((drive: Drive) => void)[] = [
	(drive) => drive.step({ kind: "open" }),
	(drive) => drive.step({ kind: "closed", detail: "gone" }),
	(drive) => {
		const failure = { stage: "socket", cause: "refused", detail: "ECONNREFUSED" } as const;
		drive.step({ kind: "open-failed", failure });
	},
	(drive) => drive.step({ kind: "malformed" }),
	(drive) => drive.step({ kind: "recovered" }),
	(drive) => drive.step({ kind: "time" }),
	(drive) =>
		drive.step({ kind: "reconnect", how: "resume", reason: ReconnectReason.RR_PUBLISHER_FAILED }),
	(drive) =>
		drive.step({ kind: "reconnect", how: "restart", reason: ReconnectReason.RR_PUBLISHER_FAILED }),
	(drive) => drive.response({ case: "join", value: joinResponse() }),
	(drive) => drive.response(reconnectMessage),
	(drive) => drive.response(told.resume),
	(drive) => drive.response(told.restart),
	(drive) => drive.response({ case: undefined }),
	(drive) => drive.pass(1_000),
	(drive) => drive.pass(20_000),
];

const histories = fc.array(fc.integer({ min: 0, max: happenings.length - 1 }), { maxLength: 40 });

function lived(history: readonly number[]): Drive {
	const drive = new Drive();
	drive.step({ kind: "start" });
	for (const index of history) happenings[index]?.(drive);
	return drive;
}

/** Silence of the server, a reconnect of ten attempts, each with its deadline and its pause. */
const longestEndMs = 16_000 + 10 * (15_000 + 15_000 + 7_000);

test("whatever happened, a world that falls silent ends the session within a bounded time", () => {
	fc.assert(
		fc.property(histories, (history) => {
			const drive = lived(history);
			drive.pass(longestEndMs);
			expect(drive.state.phase.name).toBe("left");
			expect(nextWakeMs(drive.state)).toBeUndefined();
		}),
	);
});

test("the end is told exactly once, and nothing after it", () => {
	fc.assert(
		fc.property(histories, (history) => {
			const drive = lived(history);
			drive.pass(longestEndMs);
			const ends = drive.effects.filter(
				(effect) => effect.do === "join-failed" || effect.do === "disconnected",
			);
			expect(ends).toHaveLength(1);
			expect(drive.effects.at(-1)).toBe(ends[0]);
			const { length } = drive.effects;
			for (const happen of happenings) happen(drive);
			expect(drive.effects).toHaveLength(length);
		}),
	);
});

test("every socket but the first follows a close, and there are never two", () => {
	fc.assert(
		fc.property(histories, (history) => {
			let open = 0;
			for (const effect of lived(history).effects) {
				if (effect.do === "open") open++;
				if (effect.do === "close") open = 0;
				expect(open).toBeLessThanOrEqual(1);
			}
		}),
	);
});

test("a reconnect that was told ends told: reconnected, or disconnected", () => {
	fc.assert(
		fc.property(histories, (history) => {
			const drive = lived(history);
			drive.pass(longestEndMs);
			let away = false;
			for (const effect of drive.effects) {
				if (effect.do === "reconnecting") away = true;
				if (effect.do === "reconnected") expect(away).toBe(true);
				if (effect.do === "reconnected" || effect.do === "disconnected") away = false;
			}
			expect(away).toBe(false);
		}),
	);
});
