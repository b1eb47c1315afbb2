import { type Candidate, parseCandidate } from "./candidate.js";

/**
 * An SDP with each `a=candidate` line as `write` gives it; undefined, and a line that cannot be read, leave it out:
 * what forces a policy must not let the unknown through. All other lines stay as they are, byte for byte.
 * @param write gets the line without `a=`, and gives it so
 */
export function mapSdpCandidates(
	sdp: string,
	write: (candidate: Candidate, line: string) => string | undefined,
): string {
	return sdp.replace(/^a=(candidate:[^\r\n]*)(\r\n|\n|$)/gm, (_all, line: string, end: string) => {
		const candidate = parseCandidate(line);
		const written = candidate && write(candidate, line);
		return written === undefined ? "" : `a=${written}${end}`;
	});
}

/** An SDP without the `a=candidate` lines that `keep` rejects, nor those that cannot be read. */
export function filterSdpCandidates(sdp: string, keep: (candidate: Candidate) => boolean): string {
	return mapSdpCandidates(sdp, (candidate, line) => (keep(candidate) ? line : undefined));
}
