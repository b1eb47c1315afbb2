import { ManualClock } from "../../../src/clock/manual-clock.js";
import type { DataStream } from "../../../src/engine/data/data-stream.js";
import type { IcePolicy } from "../../../src/ice/policy.js";
import { liveLife, type ParticipantContext } from "../../../src/participant/participant.js";
import type { Life, Role } from "../../../src/plan/plan.js";
import type { RunEvent } from "../../../src/run/run-event.js";
import type { Sample } from "../../../src/sample/sample.js";
import { tracesOn } from "./abort-traces.js";
import { goodScript, type Script, ScriptedEngine } from "./scripted-engine.js";

/** Epoch time of the plan's time 0. */
export const startAtMs = 1_000_000;
export const connectMs = 500;
/** By then everything that the scripts and lives of these tests hold is over. */
const horizonMs = startAtMs + 60_000;

export interface Setting {
	readonly script?: Partial<Script>;
	readonly startMs?: number;
	readonly endMs?: number;
	readonly role?: Role;
	readonly ice?: IcePolicy;
	readonly subscribe?: "all" | number;
	readonly media?: boolean;
	readonly data?: DataStream;
	/** After the plan's time 0. */
	readonly interruptMs?: number;
	/** The join waits this long for its turn. */
	readonly queueMs?: number;
	readonly token?: (clock: ManualClock) => Promise<string>;
}

/** One life lived to its end in virtual time, and all that was seen of it. */
export async function livedLife(setting: Setting) {
	const clock = new ManualClock(startAtMs);
	const engine = new ScriptedEngine(clock, { ...goodScript, ...setting.script });
	const interrupt = new AbortController();
	const samples: { sample: Sample; atMs: number }[] = [];
	const events: RunEvent[] = [];
	let waiting = 0;
	const context: ParticipantContext = {
		clock: {
			nowMs: () => clock.nowMs(),
			async sleepUntil(atMs, signal) {
				waiting++;
				await clock.sleepUntil(atMs, signal);
				waiting--;
			},
		},
		startAtMs,
		settings: {
			tlsInsecure: false,
			media: setting.media ?? true,
			dtx: false,
			connectMs,
			leaveMs: 1000,
		},
		engineFor: () => engine,
		tokenFor: async () => {
			const token = (await setting.token?.(clock)) ?? "a token";
			return { token, url: "ws://sfu", identity: "somebody" };
		},
		iceServersFor: async () => [{ urls: ["turn:t:3478"], username: "u", password: "p" }],
		pcmFor: () => undefined,
		expectation: () => "quiet",
		longestPauseMs: 0,
		limit: async (join) => {
			await clock.sleepUntil(clock.nowMs() + (setting.queueMs ?? 0));
			return join();
		},
		emit: (sample) => samples.push({ sample, atMs: clock.nowMs() }),
		tell: (event) => events.push(event),
		onServer: () => {},
		interrupt: interrupt.signal,
	};
	if (setting.interruptMs !== undefined)
		void clock.sleepUntil(startAtMs + setting.interruptMs).then(() => interrupt.abort());
	const life = lifeOf(setting);
	await clock.advanceTo(startAtMs + life.startMs);
	let end: { atMs: number; waiting: number } | undefined;
	const living = liveLife(life, context).then(async () => {
		const atMs = clock.nowMs();
		// Whoever the end has woken goes home first.
		for (let turn = 0; turn < 10; turn++) await Promise.resolve();
		end = { atMs, waiting };
	});
	await clock.advanceTo(horizonMs);
	if (end) await living;
	return {
		...{ engine, samples, events, end },
		/** Left on the signal that outlives every life. */
		traces: tracesOn(interrupt.signal),
		kinds: samples.map(({ sample }) => sample.kind),
		of: <Kind extends Sample["kind"]>(kind: Kind) =>
			samples.flatMap(({ sample }) =>
				sample.kind === kind ? [sample as Extract<Sample, { kind: Kind }>] : [],
			),
	};
}

function lifeOf({ startMs = 0, endMs = 5000, role = "both", ice, subscribe, data }: Setting): Life {
	return {
		...{ number: 2, startMs, endMs },
		seat: {
			...{ index: 7, room: 0, indexInRoom: 7, role, engine: "native", group: 0 },
			...{ ice: ice ?? "direct", subscribe: subscribe ?? "all" },
			...(data && { data }),
		},
	};
}
