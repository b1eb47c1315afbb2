/**
 * The oldest that is tested. v1.5.0 forwards media, but its pion/sctp (1.8.9) drops the SCTP INIT of
 * libdatachannel, which offers a zero checksum: the subscriber's peer connection never counts as connected.
 */
const oldest = { text: "1.7.0", parts: [1, 7, 0] } as const;

/** What this client supports, for people. */
export const supportedVersions = `livekit-server ${oldest.text} and newer`;

/**
 * Why the light engine cannot work with a server of this version; undefined where it can. A version that is no
 * number (a build from source, LiveKit Cloud) is taken for a new one.
 */
export function unsupportedVersion(version: string): string | undefined {
	const parts = /^v?(\d+)\.(\d+)\.(\d+)/.exec(version)?.slice(1).map(Number);
	if (!parts || !isOlder(parts, oldest.parts)) return undefined;
	return `the server is livekit-server ${version.replace(/^v/, "")}; the light engine supports ${supportedVersions} (the native engine also works with older ones)`;
}

function isOlder(parts: readonly number[], than: readonly number[]): boolean {
	for (const [index, part] of parts.entries()) {
		const other = than[index] ?? 0;
		if (part !== other) return part < other;
	}
	return false;
}
