import { UserError } from "../error/user-error.js";
import { readBaseline, type StoredRounds } from "../gate/baseline-file.js";
import type { GateResult } from "../gate/gate-result.js";
import { readResultRounds } from "../gate/result-rounds.js";
import type { SideName } from "../gate/round.js";
import type { Side } from "../gate/run-rounds.js";
import { isSameSide, readSide, type SideSpec } from "../gate/side-text.js";
import { checkStored, type GateFacts } from "../gate/stored-check.js";
import { hostOf } from "../verdict/build-summary.js";
import { type ConnectionFlags, written } from "./connection-options.js";
import type { Environment } from "./environment.js";
import type { GateFlags } from "./gate-options.js";
import { liveSide, type RoundOrder } from "./gate-side.js";

type Flags = GateFlags & ConnectionFlags;

/** What the flags name; the baseline may be missing where the candidate only becomes one. */
export interface NamedSides {
	readonly baseline: SideSpec | undefined;
	readonly candidate: SideSpec;
}

/** @throws UserError when a side is missing, is nothing that can be compared, or both are one */
export async function namedSides(environment: Environment, flags: Flags): Promise<NamedSides> {
	if (flags.url !== undefined) {
		throw new UserError({
			message: "--url names one server, and a gate compares two.",
			hint: "Give --baseline wss://HOST and --candidate wss://OTHER.",
		});
	}
	if (flags.candidate === undefined) throw missing("--candidate", "livekit-server-new");
	if (flags.baseline === undefined && flags.updateBaseline === undefined)
		throw missing("--baseline", "livekit-server-old");
	const read = (name: SideName, text: string) =>
		readSide(text, `--${name}`, environment.killSignal);
	const candidate = await read("candidate", flags.candidate);
	const baseline =
		flags.baseline === undefined ? undefined : await read("baseline", flags.baseline);
	if (baseline && isSameSide(baseline, candidate) && !flags.allowSame) {
		throw new UserError({
			message: `--baseline and --candidate are the same ${candidate.kind}.`,
			hint: "Name two, or give --allow-same to see what the gate makes of noise.",
		});
	}
	if (!baseline && isStored(candidate)) {
		throw new UserError({
			message: "--update-baseline without --baseline needs a server as --candidate, to run it.",
			hint: "Name a livekit-server or a URL.",
		});
	}
	refuseIdleMetrics(flags, { baseline, candidate });
	refuseIdleKeys(flags, { baseline, candidate });
	return { baseline, candidate };
}

/** A flag that could only be ignored is an error. */
function refuseIdleMetrics(flags: Flags, sides: NamedSides): void {
	for (const name of ["baseline", "candidate"] as const) {
		if (flags[`${name}Metrics`] === undefined || sides[name]?.kind === "url") continue;
		throw new UserError({
			message: `--${name}-metrics needs a URL as --${name}.`,
			hint: "Of a livekit-server that livesoak starts, it knows the metrics itself.",
		});
	}
}

/** Flags that say who may join a server that runs, and nothing to one that is started here. */
const ofUrls = [
	"apiKey",
	"apiSecret",
	"tokenUrl",
	"tokenBody",
	"tokenField",
	"tokenUrlField",
] as const;
const ofCandidateUrl = ["candidateApiKey", "candidateApiSecret"] as const;

function refuseIdleKeys(flags: Flags, { baseline, candidate }: NamedSides): void {
	const isUrl = candidate.kind === "url";
	const hasUrl = isUrl || baseline?.kind === "url";
	const idle = [...(hasUrl ? [] : ofUrls), ...(isUrl ? [] : ofCandidateUrl)].find(
		(flag) => flags[flag] !== undefined,
	);
	if (idle === undefined) return;
	const side = hasUrl ? "--candidate" : "--baseline or --candidate";
	throw new UserError({
		message: `${written(idle)} needs a URL as ${side}.`,
		hint: "A livekit-server that livesoak starts gets keys of its own.",
	});
}

function missing(flag: string, example: string): UserError {
	return new UserError({
		message: `${flag} is missing.`,
		hint: `For example: livesoak gate scenarios/upgrade-gate.yaml --baseline ./livekit-server-old ${flag === "--candidate" ? flag : "--candidate"} ./${example}`,
	});
}

/** A side, ready to be run or read already. */
export interface OpenedSide {
	readonly side: Side;
	readonly stored: StoredRounds | undefined;
	readonly notes: readonly string[];
	readonly kind: SideSpec["kind"];
	/** Path, or host and port. */
	readonly name: string;
	readonly version: string | undefined;
}

/** @throws UserError when its flags are wrong, or stored rounds may not be compared with */
export async function openSide(
	environment: Environment,
	flags: Flags,
	name: SideName,
	spec: SideSpec,
	order: RoundOrder & { readonly facts: GateFacts; readonly sound: Uint8Array | undefined },
): Promise<OpenedSide> {
	const shown = spec.kind === "url" ? hostOf(spec.url) : spec.path;
	const version = spec.kind === "binary" ? spec.version : undefined;
	if (spec.kind === "binary" || spec.kind === "url") {
		const side = await liveSide(environment, flags, name, spec, order);
		return { side, stored: undefined, notes: [], kind: spec.kind, name: shown, version };
	}
	const flag = `--${name}`;
	const stored =
		spec.kind === "baseline-file"
			? await readBaseline(spec.path, flag)
			: await readResultRounds(spec.path, flag, order.sound);
	const notes = checkStored(stored, order.facts, `${flag} ${spec.path}`, flags.sharesOnly);
	const side: Side = { kind: "stored", rounds: stored.rounds };
	return { side, stored, notes, kind: spec.kind, name: shown, version };
}

/** What the result says of a side. */
export function sideFacts(
	{ kind, name, version }: OpenedSide,
	rounds: readonly { readonly serverVersion?: string | undefined }[],
): NonNullable<GateResult["baseline"]> {
	// What the binary says of itself and what the server tells those who join only differ by the "v".
	const seen = version ?? rounds.find((round) => round.serverVersion)?.serverVersion;
	return {
		...{ kind, name, rounds: rounds.length },
		...(seen === undefined ? {} : { serverVersion: seen }),
	};
}

function isStored({ kind }: SideSpec): boolean {
	return kind === "baseline-file" || kind === "results";
}
