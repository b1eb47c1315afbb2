import { isAbsolute, join } from "node:path";
import { stringify } from "yaml";
import type * as z from "zod";
import { isBuiltInSource } from "../audio/built-in-sources.js";
import type { DataStream } from "../engine/data/data-stream.js";
import { durationText, plainDigits } from "./exact-text.js";
import { faultEntry } from "./fault-text.js";
import { percentText, rateText } from "./ratio-text.js";
import type { LoadStep, ParticipantGroup, Scenario, Stay } from "./scenario.js";
import type { scenarioSchema } from "./schema.js";

/** The keys of a file that a resolved scenario still has; a new one cannot be forgotten here. */
type FileKeys = {
	[Key in keyof Scenario]: NonNullable<z.input<typeof scenarioSchema>[Key]>;
};

/**
 * A scenario file that `loadScenario` reads back as the very same scenario: this is how one travels to other machines,
 * so that it is checked there by the one reader there is. Read it with a file name that has no folder.
 * @throws RangeError for what no file can say: durations that are not whole milliseconds, shares and rates that no
 * written number comes out as, a WAV path that is not in its shortest form. A scenario that was read from a file, with
 * whatever flags, has none of the first two.
 */
export function scenarioText(scenario: Scenario): string {
	const { timeouts, validity, pool, media } = scenario;
	const commonData = dataOfTheSilent(scenario.participants);
	const file: FileKeys = {
		...{ name: scenario.name, seed: scenario.seed, rooms: scenario.rooms },
		participants: scenario.participants.map((group) => groupEntry(group, media, commonData)),
		...{ engine: scenario.engine, ice: scenario.ice, audio: audioEntry(scenario.audio) },
		...{ speakers: scenario.speakers, media, load: scenario.load.map(loadEntry) },
		life: { stay: stayEntry(scenario.life.stay), rejoin: durationText(scenario.life.rejoinMs) },
		faults: scenario.faults.map(faultEntry),
		thresholds: Object.fromEntries(
			Object.entries(scenario.thresholds).map(([metric, limits]) => [metric, [...limits]]),
		),
		tls: { insecure: scenario.tls.insecure },
		token: { ttl: durationText(scenario.token.ttlMs) },
		pool,
		timeouts: {
			connect: durationText(timeouts.connectMs),
			leave: durationText(timeouts.leaveMs),
		},
		validity: {
			lagP99: durationText(validity.lagP99Ms),
			lateFrames: percentText(validity.lateFrameRatio),
			startDelayP99: durationText(validity.startDelayP99Ms),
		},
	};
	const { audio: _audio, speakers: _speakers, ...signalling } = file;
	return stringify(
		{
			...(media === "none" ? signalling : file),
			...(commonData && { data: dataEntry(commonData) }),
		},
		// Each value written out: what reads it refuses documents that repeat themselves much.
		{ aliasDuplicateObjects: false, lineWidth: 0 },
	);
}

type GroupEntry = Extract<FileKeys["participants"], readonly unknown[]>[number];

/** The keys of media are errors where there is none, even with their defaults. */
function groupEntry(
	{ publishers, subscribers, both, engine, ice, subscribe, data }: ParticipantGroup,
	media: Scenario["media"],
	commonData: DataStream | undefined,
): GroupEntry {
	return {
		...{ publishers, subscribers, both, engine, ice },
		...(media === "none" ? {} : { subscribe, ...ownData(data, commonData) }),
	};
}

function ownData(data: DataStream | undefined, commonData: DataStream | undefined) {
	if (data === undefined) return { data: "none" as const };
	return isSame(data, commonData) ? {} : { data: dataEntry(data) };
}

/**
 * A group that cannot send may not name data of its own: what it has came from the scenario's, and is written there.
 */
function dataOfTheSilent(groups: readonly ParticipantGroup[]): DataStream | undefined {
	return groups.find(({ publishers, both, data }) => data !== undefined && publishers + both === 0)
		?.data;
}

function isSame(a: DataStream, b: DataStream | undefined): boolean {
	return a.rateHz === b?.rateHz && a.bytes === b.bytes && a.reliable === b.reliable;
}

function dataEntry({ rateHz, bytes, reliable }: DataStream) {
	return { rate: rateText(rateHz), size: `${bytes}B`, reliable };
}

/** The reader puts the folder of the file before a relative path, and shortens it. */
function audioEntry({ source, dtx }: Scenario["audio"]): FileKeys["audio"] {
	const isWav = !isBuiltInSource(source);
	if (isWav && !isAbsolute(source) && join(source) !== source)
		throw new RangeError(`no scenario file says ${source}: it would be read as ${join(source)}`);
	return { source, dtx };
}

const unitOf = new Map([
	[1000, "s"],
	[60_000, "m"],
	[3_600_000, "h"],
]);

function loadEntry(step: LoadStep): FileKeys["load"][number] {
	const length = durationText(step.durationMs);
	switch (step.kind) {
		case "ramp":
			return { ramp: length, to: step.participants };
		case "hold":
			return { hold: length };
		case "arrive": {
			const { count, perMs } = step.rate;
			const unit = unitOf.get(perMs);
			if (unit === undefined)
				throw new RangeError(`no rate in a scenario file is ${count} in ${perMs} ms`);
			return { arrive: `${plainDigits(count)}/${unit}`, for: length, spacing: step.spacing };
		}
	}
}

function stayEntry(stay: Stay): NonNullable<FileKeys["life"]["stay"]> {
	switch (stay.kind) {
		case "forever":
			return "forever";
		case "fixed":
			return durationText(stay.ms);
		case "uniform":
			return { uniform: [durationText(stay.leastMs), durationText(stay.mostMs)] };
		case "exponential":
			return { exponential: durationText(stay.meanMs) };
		case "lognormal":
			return { lognormal: { median: durationText(stay.medianMs), sigma: stay.sigma } };
	}
}
