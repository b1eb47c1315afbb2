import { AudioSource, LocalAudioTrack, Room } from "@livekit/rtc-node";

const withinMs = 5_000;

/**
 * Goes the way of a join once, to nowhere: loads libwebrtc, its audio factory and the signalling code, which
 * would else cost the first participants half a second that is none of the server's.
 * @param nowhere URL that refuses the WebSocket at once
 */
export async function warmUp(nowhere: string): Promise<void> {
	const source = new AudioSource(48_000, 1);
	const track = LocalAudioTrack.createAudioTrack("warm-up", source);
	const late = AbortSignal.timeout(withinMs);
	await Promise.race([
		new Room()
			.connect(nowhere, "warm-up", { autoSubscribe: false, dynacast: false })
			.catch(() => {}),
		new Promise((resolve) => late.addEventListener("abort", resolve, { once: true })),
	]);
	await track.close(true);
}
