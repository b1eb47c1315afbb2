import { expect, test } from "vitest";
import { trackSsrcs } from "../../../../src/engine/lite/track-ssrcs.js";

test("each media section's SSRCs, once", () => {
	const sdp = [
		"v=0",
		"m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
		"a=mid:0",
		"m=audio 9 UDP/TLS/RTP/SAVPF 111",
		"a=mid:1",
		"a=ssrc:12 cname:a",
		"a=ssrc:12 msid:a TR_x",
		"a=ssrc:4294967295 cname:a",
		"",
	].join("\r\n");
	expect([...trackSsrcs(sdp)]).toEqual([
		["0", []],
		["1", [12, 4_294_967_295]],
	]);
});
