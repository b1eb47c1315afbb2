import { matches } from "./explains.js";
import type { Finding } from "./finding.js";

/** What is seen a second time, later on the way → where it was told already. */
const seenTwice: readonly (readonly [later: string, told: readonly string[]])[] = [
	["gathering.no-srflx", ["ice-servers.public-stun-unreachable", "stun.*"]],
	["gathering.dead-stun", ["ice-servers.public-stun-unreachable", "stun.*"]],
];

/**
 * Two checks that meet the same dead server tell one thing: the earlier finding stays, with what the later one saw as
 * further evidence. Where nothing earlier tells it, the later one stays. Only findings of one severity are joined.
 */
export function fold(findings: readonly Finding[]): Finding[] {
	const more = new Map<Finding, Finding[]>();
	const kept = findings.filter((later) => {
		const told = findings.find((earlier) => isTold(earlier, later));
		if (told) more.set(told, [...(more.get(told) ?? []), later]);
		return told === undefined;
	});
	return kept.map((one) => {
		const seen = more.get(one)?.flatMap(({ title, evidence }) => [title, ...evidence]) ?? [];
		return seen.length === 0 ? one : { ...one, evidence: [...new Set([...one.evidence, ...seen])] };
	});
}

function isTold(earlier: Finding, later: Finding): boolean {
	if (earlier.severity !== later.severity) return false;
	const [, told = []] = seenTwice.find(([id]) => id === later.id) ?? [];
	return told.some((pattern) => matches(pattern, earlier.id));
}
