/**
 * The livekit-server release that livesoak is tested against and gets when there is none.
 * Raise it only to a release that `go install` can build: some have `replace` lines and cannot.
 */
export const pinnedLiveKitVersion = "v1.13.5";

/** `1.13.5` and `v1.13.5` both name a release; everything inside uses the second. */
export function normalizeVersion(text: string): string {
	return text.startsWith("v") ? text : `v${text}`;
}
