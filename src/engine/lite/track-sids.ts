/** Which track is on which media section: as the server says, else from `a=msid:` of the section. */
export function trackSids(
	sdp: string,
	midToTrackId: Readonly<Record<string, string>>,
): Map<string, string> {
	const sids = new Map(Object.entries(midToTrackId));
	for (const section of sdp.split(/^m=/m).slice(1)) {
		const mid = /^a=mid:(\S+)/m.exec(section)?.[1];
		const sid = /^a=msid:\S+ (TR_\S+)/m.exec(section)?.[1];
		if (mid !== undefined && sid !== undefined && !sids.has(mid)) sids.set(mid, sid);
	}
	return sids;
}
