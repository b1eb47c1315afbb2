import type { CandidatePair } from "../../ice/candidate-pair.js";
import { stages } from "../../sample/stage.js";
import { type AttemptName, type Attempts, attemptNames } from "./attempts.js";
import { connectClass } from "./connect-class.js";
import type { Attempt } from "./media-jobs.js";
import type { SeenCandidate } from "./seen-candidate.js";

/** What each attempt came to, a line each; for the ordinary one also what was found on the way, in its order. */
export function attemptLines(attempts: Attempts): string[] {
	const lines = attemptNames.flatMap((name) => {
		const attempt = attempts[name];
		return attempt ? [attemptLine(name, attempt)] : [];
	});
	const { ordinary } = attempts;
	if (!ordinary) return lines;
	const ours = firstOfEachKind(ordinary.local);
	const theirs = advertised(ordinary.remote);
	return [
		...lines,
		...(ours.length === 0 ? [] : [`our candidates, as they came: ${ours.join(" → ")}`]),
		...(theirs.length === 0 ? [] : [`the server's candidates: ${theirs.join(", ")}`]),
	];
}

/** "direct: connected in 310 ms (good), host → host over udp; socket 12, joined 14, ice 40, dtls 52 ms" */
export function attemptLine(name: AttemptName, attempt: Attempt): string {
	const { connectMs, pairs, failure } = attempt;
	const steps = stages
		.filter((stage) => attempt.stagesMs[stage] !== undefined)
		.map((stage) => `${stage} ${Math.round(attempt.stagesMs[stage] ?? 0)}`);
	const times = steps.length === 0 ? "" : `; ${steps.join(", ")} ms`;
	if (connectMs === undefined) {
		const why = failure ? `failed at ${failure.stage}: ${failure.detail}` : "was called off";
		return `${name}: ${why}${times}`;
	}
	const ways = [...new Set(pairs.map(pairText))].join(" and ");
	const took = `${Math.round(connectMs)} ms (${connectClass(connectMs)})`;
	return `${name}: connected in ${took}${ways === "" ? "" : `, ${ways}`}${times}`;
}

function pairText({ local, remote, protocol, relayProtocol }: CandidatePair): string {
	const way = relayProtocol ? `relay over ${relayProtocol}` : `over ${protocol}`;
	return `${local} → ${remote} ${way}`;
}

function firstOfEachKind(candidates: readonly SeenCandidate[]): string[] {
	const kinds = new Map<string, number>();
	for (const { type, transport, atMs } of candidates) {
		const kind = transport === "tcp" ? `${type} (tcp)` : type;
		if (!kinds.has(kind)) kinds.set(kind, atMs);
	}
	return [...kinds].map(([kind, atMs]) => `${kind} ${Math.round(atMs)} ms`);
}

/** Addresses with their ports, those of one address and transport together: "192.0.2.7 udp 50012, 50020". */
export function advertised(candidates: readonly SeenCandidate[]): string[] {
	const ports = new Map<string, Set<number>>();
	for (const { address, transport, port } of candidates) {
		const key = `${address} ${transport}`;
		ports.set(key, (ports.get(key) ?? new Set()).add(port));
	}
	return [...ports].map(([key, of]) => `${key} ${[...of].join("/")}`);
}
