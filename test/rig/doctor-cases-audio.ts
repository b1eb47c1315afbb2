import type { PcmSource } from "../../src/audio/pcm-source.js";
import { silenceSource } from "../../src/audio/silence.js";
import { speechSource } from "../../src/audio/speech.js";
import type { DoctorCase } from "./doctor-case.js";
import { testToken } from "./doctor-context.js";
import { type RoomPublisher, tooFast } from "./room-publisher.js";

/** Alice is in the room; doctor has a token for it and nothing else, and listens. */
function listening(
	pcm: () => PcmSource,
	then: (alice: RoomPublisher) => unknown = () => {},
): DoctorCase["prepare"] {
	return async (rig) => {
		const { livekit, args, secrets } = await rig.system();
		const room = "with-alice";
		const alice = await rig.publisher.publish(livekit, room, pcm());
		rig.onEnd(() => alice.leave());
		await then(alice);
		const { text } = await testToken(livekit, { identity: "doctor", room });
		return { args, env: { LIVEKIT_TOKEN: text }, secrets };
	};
}

/** Field report 8. */
export const audioMistakes: readonly DoctorCase[] = [
	{
		...{ name: "the publisher is muted", report: 8, expect: "audio.publisher-muted" },
		prepare: listening(speechSource, (alice) => alice.mute()),
	},
	{
		...{ name: "the publisher sends zeros", report: 8, expect: "audio.zero-pcm", quick: true },
		prepare: listening(silenceSource),
	},
	{
		...{ name: "the track may not be subscribed", report: 8, expect: "audio.not-subscribed" },
		prepare: listening(speechSource, (alice) => alice.denySubscriptions()),
	},
	{
		...{ name: "44.1 kHz PCM declared as 48 kHz", report: 8, expect: "audio.wrong-rate" },
		prepare: listening(tooFast),
	},
	{
		...{ name: "healthy, somebody speaks", report: 8 },
		prepare: listening(speechSource),
	},
];
