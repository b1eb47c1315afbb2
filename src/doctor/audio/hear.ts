import { markerSource } from "../../audio/marker.js";
import type { Clock } from "../../clock/clock.js";
import type { Engine, JoinOrder } from "../../engine/engine.js";
import { NativeParticipant } from "../../engine/native/native-participant.js";
import { redact } from "../../error/redact.js";
import type { Failure } from "../../participant/failure.js";
import type { ConnectStage } from "../../sample/stage.js";
import { failureOf, quiet } from "../connection/join-attempt.js";
import type { HearJob } from "../connection/media-jobs.js";
import type { HeardBy } from "./heard.js";
import { Listening } from "./listening.js";

const leaveWithinMs = 2_000;
/** For tracks to be subscribed after everybody is in: those of ours, and those of whom we know nothing. */
const ourTracksWithinMs = 2_500;
const otherTracksWithinMs = 1_000;
const lookEveryMs = 50;
/** A decoder's start is rough: its jitter buffer fills, what is missing is made up. */
const settleMs = 400;

type Person = HearJob["participants"][number];

/**
 * Everybody joins and listens; those who publish send the marker, all on one time axis. Never rejects because of the
 * server: who failed says so in the outcome.
 */
export async function hear(
	job: HearJob,
	engine: Engine,
	clock: Clock,
	signal: AbortSignal,
): Promise<HeardBy[]> {
	const zeroMs = clock.nowMs();
	const ours = new Set(job.participants.map(({ identity }) => identity));
	const publishers = job.participants.filter(({ publishes }) => publishes);
	const joins = await Promise.all(
		job.participants.map((person) => join(person, job, { engine, clock, signal, zeroMs, ours })),
	);
	const listenings = joins.flatMap((joined) => (joined instanceof Listening ? [joined] : []));
	try {
		await waitForTracks(listenings, publishers, clock, signal);
		await clock.sleepUntil(clock.nowMs() + settleMs, signal);
		await Promise.all(listenings.map((listening) => listening.begin()));
		await clock.sleepUntil(clock.nowMs() + job.listenMs, signal);
		return await Promise.all(
			joins.map((joined) => (joined instanceof Listening ? joined.finish() : joined)),
		);
	} finally {
		await Promise.all(listenings.map((listening) => listening.leave()));
	}
}

/** rtc-node waits for ever for the server's word on a track that the server refuses. */
const notPublished: Failure = {
	...{ stage: "published", cause: "publish-refused" },
	detail: "connected, and the server does not take its microphone track",
};

interface Context {
	readonly engine: Engine;
	readonly clock: Clock;
	readonly signal: AbortSignal;
	readonly zeroMs: number;
	readonly ours: ReadonlySet<string>;
}

async function join(
	person: Person,
	{ joinWithinMs }: HearJob,
	{ engine, clock, signal, zeroMs, ours }: Context,
): Promise<Listening | HeardBy> {
	const { publishes, ...joining } = person;
	const late = new AbortController();
	void clock.sleepUntil(clock.nowMs() + joinWithinMs, late.signal).then(() => late.abort());
	const order: JoinOrder = {
		...{ ...joining, signal: AbortSignal.any([signal, late.signal]) },
		...(publishes ? { publish: markerSource() } : {}),
		...{ tlsInsecure: false, media: true, mediaZeroAtMs: zeroMs, dtx: false, subscribe: "all" },
		leaveWithinMs,
	};
	let isConnected = false;
	const observer = {
		...quiet,
		onStage: (stage: ConnectStage) => {
			isConnected ||= stage === "dtls";
		},
	};
	try {
		const participant = await engine.join(order, observer);
		if (!(participant instanceof NativeParticipant))
			throw new Error("only the native engine hears");
		return new Listening({ participant, publishes, zeroMs, ours, clock, ...joining });
	} catch (error) {
		const failure = isConnected ? notPublished : failureOf(error);
		return {
			...{ identity: person.identity, publishes, others: 0, pairs: [], packetsSent: 0, tracks: [] },
			failure: { ...failure, detail: redact(failure.detail) },
		};
	}
}

/** Until everybody is subscribed to everybody of ours who publishes, bounded. */
async function waitForTracks(
	listenings: readonly Listening[],
	publishers: readonly Person[],
	clock: Clock,
	signal: AbortSignal,
): Promise<void> {
	// Where nobody of ours publishes there is no telling what will come.
	const mayEnd = publishers.length > 0;
	const untilMs = clock.nowMs() + (mayEnd ? ourTracksWithinMs : otherTracksWithinMs);
	const isComplete = () =>
		listenings.every((listening) =>
			publishers.every(
				({ identity }) => identity === listening.identity || listening.records(identity),
			),
		);
	while (clock.nowMs() < untilMs && !signal.aborted && !(mayEnd && isComplete()))
		await clock.sleepUntil(clock.nowMs() + lookEveryMs, signal);
}
