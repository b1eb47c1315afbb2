import { UserError } from "../../error/user-error.js";
import { parseIceUri } from "../../ice/uri.js";
import { provenFault } from "../certainty.js";
import type { Finding } from "../finding.js";
import { firstOf, type HandedUri, shownUri, sourceFixes, uriLine } from "./handed.js";

/** The ways in which URIs are wrong that people really write; the first that fits. */
const faults: readonly { id: Finding["id"]; looks: RegExp; what: string; right: string }[] = [
	{
		id: "ice-servers.scheme-twice",
		looks: /^(stuns?|turns?):(stuns?|turns?):/i,
		what: "has its scheme twice",
		right:
			'livekit-server puts "stun:" before each of rtc.stun_servers by itself: write host:port without a scheme there; elsewhere write the scheme once',
	},
	{
		id: "ice-servers.slashes",
		looks: /^(stuns?|turns?):\/\//i,
		what: 'has "//" after its scheme',
		right: "write stun:HOST:PORT, without slashes (RFC 7064)",
	},
	{
		id: "ice-servers.no-scheme",
		looks: /^(?!(stuns?|turns?):)/i,
		what: "has no scheme of STUN or TURN",
		right: "begin with stun:, turn: or turns:",
	},
	{
		id: "ice-servers.ipv6-brackets",
		looks: /^[a-z]+:([0-9a-f]{0,4}:){2,}[0-9a-f.]*(\?|$)/i,
		what: "has an IPv6 address without brackets",
		right: "write the address in brackets: stun:[2001:db8::1]:3478",
	},
	{
		id: "ice-servers.stun-with-parameters",
		looks: /^stuns?:[^?]*\?/i,
		what: "has a parameter, which a STUN URI cannot have",
		right: "leave everything from the question mark on out (RFC 7064)",
	},
	{
		id: "ice-servers.unknown-transport",
		looks: /^turns?:[^?]*\?transport=(?!(udp|tcp)$)/i,
		what: "has a transport other than udp and tcp",
		right: "write ?transport=udp or ?transport=tcp; TLS is said by the scheme turns: (RFC 7065)",
	},
	{
		id: "ice-servers.malformed-uri",
		looks: /(?:)/,
		what: "is no STUN or TURN URI",
		right: "write turn:HOST:PORT?transport=udp (RFC 7065) or stun:HOST:PORT (RFC 7064)",
	},
];

/** One finding for each kind of malformed URI. libwebrtc makes no peer connection at all with one in the list. */
export function malformedUris(uris: readonly HandedUri[]): Finding[] {
	const wrong = uris.filter(({ text }) => reason(text) !== undefined);
	return faults.flatMap(({ id, what, right }) => {
		const those = wrong.filter(({ text }) => faultOf(text) === id);
		const first = those[0];
		if (first === undefined) return [];
		return {
			...provenFault,
			id,
			title: `ICE server ${firstOf(those)} ${what}`,
			cause:
				'Clients refuse the whole list for one malformed URI (browsers with a SyntaxError from RTCPeerConnection, LiveKit\'s native SDKs with "internal webrtc failure"), so that no peer connection is even made.',
			fix: `Change ${shownUri(first.text)} ${sourceFixes[first.from]}: ${right}.`,
			evidence: those.map((uri) => `${uriLine(uri)}: ${reason(uri.text)}`),
		};
	});
}

export function isWellFormed(text: string): boolean {
	return reason(text) === undefined;
}

function faultOf(text: string): Finding["id"] | undefined {
	return faults.find(({ looks }) => looks.test(text))?.id;
}

/** In the words of the parser, after the URI itself. */
function reason(text: string): string | undefined {
	try {
		parseIceUri(text);
		return undefined;
	} catch (error) {
		if (!(error instanceof UserError)) throw error;
		return error.message.replace(/^.*?" /s, "");
	}
}
