/** The SSRCs that an SDP announces (RFC 5576) for each media section, by `mid`. */
export function trackSsrcs(sdp: string): Map<string, number[]> {
	const byMid = new Map<string, number[]>();
	for (const section of sdp.split(/^m=/m).slice(1)) {
		const mid = /^a=mid:(\S+)/m.exec(section)?.[1];
		if (mid === undefined) continue;
		const ssrcs = [...section.matchAll(/^a=ssrc:(\d+)/gm)].map(([, ssrc]) => Number(ssrc));
		byMid.set(mid, [...new Set(ssrcs)]);
	}
	return byMid;
}
