import { expect, test } from "vitest";
import { datagramKind } from "../../../../../src/engine/lite/path/datagram-kind.js";

/** The ranges of RFC 7983 section 7 at their edges, and RTCP's of RFC 5761 section 4. */
test.each([
	[[0, 1], "stun"],
	[[3, 0], "stun"],
	[[4, 0], "other"],
	[[20, 254], "dtls"],
	[[63, 254], "dtls"],
	[[64, 0], "other"],
	[[127, 0], "other"],
	[[128, 111], "rtp"],
	[[0x90, 0x80 | 111], "rtp"],
	[[191, 63], "rtp"],
	[[128, 191], "rtp"],
	[[128, 192], "rtcp"],
	[[129, 201], "rtcp"],
	[[128, 223], "rtcp"],
	[[128, 224], "rtp"],
	[[192, 0], "other"],
	[[], "other"],
] as const)("%j is %s", (bytes, kind) => {
	expect(datagramKind(Buffer.from([...bytes]))).toBe(kind);
});
