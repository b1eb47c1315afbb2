import { loadavg } from "node:os";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../src/error/user-error.js";
import type { Lab } from "./lab.js";
import {
	endedChildrenCpuSeconds,
	processTree,
	pssBytesOf,
	rssBytesOf,
	treeCpuSeconds,
} from "./process-tree.js";
import { RunningJob } from "./running-job.js";
import type { Job, Told } from "./tester.js";

/** Between the last join and the first mark, so that joining is over when the steady part begins. */
const settleMs = 1_500;
/** How long after the last was due the first mark is set at the latest. */
const lateJoinsMs = 8_000;
/** Beyond that the participants stay a little longer, so that nobody leaves while the last mark is set. */
const spareMs = 2_000;
const lookEveryMs = 50;
/** Start-up of a tester, before its first participant is on the server. */
const firstJoinWithinMs = 30_000;

/** One run of one tester. CPU, memory: of its processes, children included. */
export interface Trial<T extends Told = Told> {
	/** On the server when all had joined, and what was wanted. */
	readonly joined: number;
	readonly participants: number;
	readonly streams: number;
	readonly streamsWanted: number;
	/** From the first sight of participants on the server until all streams flowed; absent where they never did. */
	readonly joinsPerSecond?: number;
	/** Between the two marks, all joined: nobody joins or leaves. */
	readonly steady: {
		readonly ms: number;
		readonly cpuSeconds: number;
		readonly serverCpuSeconds: number;
		/** Delivered, as the server counts. */
		readonly packets: number;
		/** Delivered a second, as the tester counts; where it tells. */
		readonly toldPerSecond?: number;
		/** At the end of it. */
		readonly rssBytes: number;
		readonly pssBytes: number;
	};
	/** From the start of the processes to their end, start-up, joins and leaves included. */
	readonly whole: {
		readonly ms: number;
		readonly cpuSeconds: number;
		/** As the server counts: without what it had not added up when the streams ended. */
		readonly packets: number;
		readonly peakRssBytes: number;
	};
	readonly told: T;
	/** Of the machine, the minute before: what else was going on. */
	readonly loadAverage: number;
}

/** How long the participants of a measured run must stay after the last was due. */
export function holdMsFor(steadyMs: number): number {
	return lateJoinsMs + settleMs + steadyMs + spareMs;
}

/**
 * Runs a job to its end and measures it.
 * @param steadyMs between the marks; whole multiples of the server's counting interval are exact
 * @throws UserError where the job ends early
 */
export async function measure<T extends Told>(
	lab: Lab,
	job: Job<T>,
	steadyMs: number,
	signal: AbortSignal,
): Promise<Trial<T>> {
	await lab.whenEmpty(signal);
	const loadAverage = loadavg()[0] ?? 0;
	const packetsBefore = (await lab.figures()).packetsOut;
	const cpuBefore = endedChildrenCpuSeconds();
	const startMs = performance.now();
	const running = RunningJob.start(job, lab.env, signal);
	try {
		const joining = await untilJoined(lab, job, running, signal);
		await sleep(settleMs, undefined, { signal });
		const { fromMs, toMs, ...steady } = await steadyPart(lab, running, steadyMs, signal);
		await refuseEarlyEnd(job, running);
		const told = await job.told(await running.ends);
		const ms = performance.now() - startMs;
		const toldPerSecond = told.packetsPerSecond?.(fromMs, toMs);
		return {
			...joining,
			...{ participants: job.participants, streamsWanted: job.streams },
			steady: { ...steady, ...(toldPerSecond === undefined ? {} : { toldPerSecond }) },
			whole: {
				...{ ms, cpuSeconds: endedChildrenCpuSeconds() - cpuBefore },
				packets: (await lab.figures()).packetsOut - packetsBefore,
				peakRssBytes: running.peakRssBytes,
			},
			...{ told, loadAverage },
		};
	} finally {
		await running.end();
		await job.remove();
	}
}

/**
 * Runs a job until all have joined; then they leave.
 * @returns joins a second, see `Trial`
 */
export async function measureJoins(
	lab: Lab,
	job: Job,
	signal: AbortSignal,
): Promise<number | undefined> {
	await lab.whenEmpty(signal);
	const running = RunningJob.start(job, lab.env, signal);
	try {
		const { joinsPerSecond } = await untilJoined(lab, job, running, signal);
		running.stop();
		await running.ends;
		return joinsPerSecond;
	} finally {
		await running.end();
		await job.remove();
	}
}

async function untilJoined(lab: Lab, job: Job, running: RunningJob, signal: AbortSignal) {
	const beganAtMs = performance.now();
	let first: { readonly atMs: number; readonly participants: number } | undefined;
	for (;;) {
		await refuseEarlyEnd(job, running);
		const { participants, streams } = await lab.figures();
		const atMs = performance.now();
		if (participants > 0) first ??= { atMs, participants };
		if (first && participants >= job.participants && streams >= job.streams) {
			// Those who were there already at the first look came at a time that is not known.
			const joinsPerSecond = ((participants - first.participants) * 1000) / (atMs - first.atMs);
			return {
				...{ joined: participants, streams },
				...(joinsPerSecond > 0 ? { joinsPerSecond } : {}),
			};
		}
		if (!first && atMs - beganAtMs > firstJoinWithinMs) {
			const message = `Nobody came to the server within ${firstJoinWithinMs / 1000} s.`;
			throw new UserError({ message, exitCode: 1 });
		}
		if (first && atMs - first.atMs > job.rampMs + lateJoinsMs)
			return { joined: participants, streams };
		await sleep(lookEveryMs, undefined, { signal });
	}
}

async function steadyPart(lab: Lab, running: RunningJob, steadyMs: number, signal: AbortSignal) {
	const first = await mark(lab, running);
	await sleep(steadyMs, undefined, { signal });
	const last = await mark(lab, running);
	// After the marks, for it takes the processes' own time.
	const pids = [...processTree(running.pids).keys()];
	return {
		...{ fromMs: performance.timeOrigin + first.atMs, toMs: performance.timeOrigin + last.atMs },
		ms: last.atMs - first.atMs,
		cpuSeconds: last.cpuSeconds - first.cpuSeconds,
		serverCpuSeconds: last.serverCpuSeconds - first.serverCpuSeconds,
		packets: last.packetsOut - first.packetsOut,
		...{ rssBytes: rssBytesOf(pids), pssBytes: pssBytesOf(pids) },
	};
}

async function mark(lab: Lab, running: RunningJob) {
	const { packetsOut } = await lab.figures();
	return {
		...{ packetsOut, atMs: performance.now() },
		cpuSeconds: treeCpuSeconds(processTree(running.pids)),
		serverCpuSeconds: lab.cpuSeconds(),
	};
}

/** @throws UserError with what a tester said that ended before its measurement was over */
async function refuseEarlyEnd(job: Job, running: RunningJob): Promise<void> {
	if (!running.hasEnded) return;
	await job.told(await running.ends);
	throw new UserError({
		message: "The tester ended before its measurement was over.",
		exitCode: 1,
	});
}
