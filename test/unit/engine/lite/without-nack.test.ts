import { expect, test } from "vitest";
import { withoutNack } from "../../../../src/engine/lite/without-nack.js";

test("generic NACK goes, on every payload type; other feedback and lines stay", () => {
	const lines = [
		"m=audio 9 UDP/TLS/RTP/SAVPF 111 0",
		"a=rtpmap:111 opus/48000/2",
		"a=rtcp-fb:111 nack",
		"a=rtcp-fb:111 transport-cc",
		"a=rtcp-fb:0 nack",
		"a=rtcp-fb:* nack ",
		"a=rtcp-fb:96 nack pli",
		"a=fmtp:111 x=nack",
		"",
	];
	const kept = lines.filter((line) => !/^a=rtcp-fb:\S+ nack ?$/.test(line));
	expect(kept).toHaveLength(6);
	for (const end of ["\r\n", "\n"]) expect(withoutNack(lines.join(end))).toBe(kept.join(end));
});
