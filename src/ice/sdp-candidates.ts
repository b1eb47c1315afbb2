import { type Candidate, parseCandidate } from "./candidate.js";

/**
 * An SDP without the `a=candidate` lines that `keep` rejects. Candidate lines that cannot be read go, too:
 * what forces a policy must not let the unknown through. All other lines stay as they are, byte for byte.
 */
export function filterSdpCandidates(sdp: string, keep: (candidate: Candidate) => boolean): string {
	return sdp.replace(/^a=candidate:[^\r\n]*(\r\n|\n|$)/gm, (line) => {
		const candidate = parseCandidate(line);
		return candidate !== undefined && keep(candidate) ? line : "";
	});
}
