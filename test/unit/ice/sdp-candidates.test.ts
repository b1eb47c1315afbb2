import fc from "fast-check";
import { expect, test } from "vitest";
import { filterSdpCandidates } from "../../../src/ice/sdp-candidates.js";

const udp = "a=candidate:1 1 udp 2130706431 127.0.0.1 50000 typ host";
const tcp = "a=candidate:2 1 tcp 1518280447 127.0.0.1 7881 typ host tcptype passive";
const broken = "a=candidate:what is this";
const others = [
	"v=0",
	"m=audio 9 UDP/TLS/RTP/SAVPF 111",
	"a=ice-ufrag:x",
	"a=end-of-candidates",
	"",
];

test("rejected and unreadable candidates go, everything else stays byte for byte", () => {
	const sdp = ["v=0", udp, tcp, broken, "a=mid:0", udp, "a=end-of-candidates", ""].join("\r\n");
	expect(filterSdpCandidates(sdp, ({ transport }) => transport === "tcp")).toBe(
		["v=0", tcp, "a=mid:0", "a=end-of-candidates", ""].join("\r\n"),
	);
});

test("a last line without line end goes, too", () => {
	expect(filterSdpCandidates(`v=0\n${udp}`, () => false)).toBe("v=0\n");
});

test("what is kept are exactly the lines that the predicate keeps", () => {
	fc.assert(
		fc.property(
			fc.array(fc.constantFrom(udp, tcp, broken, ...others), { maxLength: 20 }),
			fc.constantFrom("\r\n", "\n"),
			(lines, end) => {
				const text = (kept: string[]) => kept.map((line) => line + end).join("");
				const result = filterSdpCandidates(text(lines), ({ transport }) => transport === "tcp");
				expect(result).toBe(text(lines.filter((line) => line !== udp && line !== broken)));
			},
		),
	);
});
