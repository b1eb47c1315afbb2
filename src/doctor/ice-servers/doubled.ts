import { parseIceUri } from "../../ice/uri.js";
import { provenWarning } from "../certainty.js";
import type { Finding } from "../finding.js";
import { firstOf, type HandedUri, sourceFixes, uriLine } from "./handed.js";

/**
 * The same server named twice by the same source: letter by letter, or in another case, with its default port left
 * out, or with the default transport left out.
 * @param uris well-formed ones
 */
export function doubledUris(uris: readonly HandedUri[]): Finding[] {
	const groups = groupBy(uris, sameness);
	const doubled = [...groups.values()].filter((group) => group.length > 1);
	const first = doubled[0]?.[0];
	if (first === undefined) return [];
	return [
		{
			...provenWarning,
			id: "ice-servers.doubled",
			title: `ICE server ${firstOf(doubled.flatMap((group) => group.slice(0, 1)))} is handed out ${doubled[0]?.length} times`,
			cause:
				"Each client gathers from it as often, and holds as many allocations of the TURN server for nothing: connecting takes longer, and quotas are used up sooner.",
			fix: `Name each server once ${sourceFixes[first.from]}.`,
			evidence: doubled.flat().map(uriLine),
		},
	];
}

function sameness({ text, from }: HandedUri): string {
	const { scheme, host, port, transport } = parseIceUri(text);
	const usual = scheme === "turns" || scheme === "stuns" ? "tcp" : "udp";
	return [from, scheme, host.toLowerCase().replace(/\.$/, ""), port, transport ?? usual].join(" ");
}

function groupBy(uris: readonly HandedUri[], key: (uri: HandedUri) => string) {
	const groups = new Map<string, HandedUri[]>();
	for (const uri of uris) groups.set(key(uri), [...(groups.get(key(uri)) ?? []), uri]);
	return groups;
}
