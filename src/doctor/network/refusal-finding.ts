import { likelyFault, provenFault } from "../certainty.js";
import type { Finding } from "../finding.js";

export interface Refusal {
	readonly status: number;
	/** livekit-server's own words, without the token. */
	readonly text: string;
	/** The key that tokens are minted with; undefined where they come from elsewhere. */
	readonly apiKey: string | undefined;
}

type Wrong = Omit<Finding, "evidence">;

interface Rule {
	readonly words: RegExp;
	readonly explain: (refusal: Refusal, match: RegExpExecArray) => Wrong;
}

/**
 * What livekit-server means by a refusal, v1.5 to v1.13 (pkg/service/auth.go, rtcservice.go; the words of a bad token
 * are those of go-jose before v1.13 and of golang-jwt since). Undefined where the words are not LiveKit's.
 */
export function refusalFinding(refusal: Refusal): Wrong | undefined {
	for (const { words, explain } of rules) {
		const match = words.exec(refusal.text);
		if (match) return explain(refusal, match);
	}
	return undefined;
}

const fault = (id: `signal.${string}`, title: string, cause: string, fix: string): Wrong => ({
	...provenFault,
	...{ id, title, cause, fix },
});

const rules: readonly Rule[] = [
	{
		words: /^invalid API key: ?(\S*)/,
		explain: ({ apiKey }, [, key = ""]) =>
			fault(
				"signal.unknown-api-key",
				`the server does not know the API key ${JSON.stringify(key)}`,
				"A token's issuer (iss) has to be one of the keys of livekit.yaml; HTTP 401 for everybody with this one.",
				apiKey === undefined
					? "Have the application sign with a key that stands under `keys` in livekit.yaml, or add this one there and restart."
					: "Correct --api-key (LIVEKIT_API_KEY), or add the key under `keys` in livekit.yaml and restart.",
			),
	},
	{
		words: /signature is invalid|error in cryptographic primitive/,
		explain: ({ apiKey }) =>
			fault(
				"signal.wrong-secret",
				`the token is signed with another secret than the server has for the API key${apiKey === undefined ? "" : ` "${apiKey}"`}`,
				"The server knows the key, but the signature does not fit its secret: HTTP 401 for everybody.",
				`${apiKey === undefined ? "Give the application" : "Give --api-secret (LIVEKIT_API_SECRET)"} the secret that stands beside this key under \`keys\` in livekit.yaml, without quotes, spaces or a line break, and not decoded from base64.`,
			),
	},
	{
		words: /token is expired|\(exp\)/,
		explain: () =>
			fault(
				"signal.token-expired",
				"the server takes the token for expired",
				"Its `exp` is more than a minute in the past by the server's clock.",
				"Get a fresh token; if it is fresh, set the clocks of the server and of the machine that signs (NTP).",
			),
	},
	{
		words: /not valid yet|issued in the future|used before issued/,
		explain: () =>
			fault(
				"signal.token-not-yet-valid",
				"the server takes the token for not yet valid",
				"Its `nbf` or `iat` is more than a minute ahead of the server's clock.",
				"Set the clocks of the server and of the machine that signs (NTP), or leave `nbf` out.",
			),
	},
	{
		words: /^invalid (authorization|token)/,
		explain: () =>
			fault(
				"signal.token-unreadable",
				"the server cannot read the token",
				"It is no JWT signed with HS256 whose claims have the types that LiveKit knows.",
				"Make the token with a LiveKit server SDK; `livesoak doctor token` says what is wrong with this one.",
			),
	},
	{
		words: /^no permissions to access the room/,
		explain: () =>
			fault(
				"signal.no-video-claim",
				"the server finds no video grant in the token",
				"LiveKit reads the claim `video` and no other (`grants` is the usual mistake), or a proxy took the Authorization header away.",
				'Put the grant under "video": {"roomJoin": true, "room": "…"}.',
			),
	},
	{
		words: /^permissions denied/,
		explain: () =>
			fault(
				"signal.no-room-join",
				"the token does not allow joining a room",
				"Its video grant has no `roomJoin: true` (in camelCase).",
				'Grant "video": {"roomJoin": true, "room": "…"}.',
			),
	},
	{
		words: /^identity cannot be empty/,
		explain: () =>
			fault(
				"signal.no-identity",
				"the token has no identity",
				"LiveKit needs to know who joins: the claim `sub`.",
				"Set the identity (`sub`), another one for each participant.",
			),
	},
	{
		words: /^no room name/,
		explain: () =>
			fault(
				"signal.no-room",
				"the token names no room",
				"Newer servers refuse a grant without `room`.",
				'Grant "video": {"roomJoin": true, "room": "…"}.',
			),
	},
	{
		words: /exceeds limits/,
		explain: ({ text }) =>
			fault(
				"signal.name-too-long",
				`the server refuses a name in the token: ${text.slice(0, 120)}`,
				"Its `limit` section bounds the length of identities and room names.",
				"Shorten the name, or raise the limit in livekit.yaml.",
			),
	},
	{
		words: /room does not exist/,
		explain: () =>
			fault(
				"signal.room-missing",
				"the room does not exist, and the server makes none by itself",
				"livekit.yaml has `room.auto_create: false`.",
				"Create the room first (RoomService CreateRoom), or set `room.auto_create: true`.",
			),
	},
	{
		words: /exceeded its configured limit|limit exceeded/,
		explain: () =>
			fault(
				"signal.limit-reached",
				"the server is full: it has reached its configured limit",
				"`limit` in livekit.yaml (num_tracks, bytes_per_sec) lets nobody else in.",
				"Raise the limits, or add a server.",
			),
	},
	{
		words: /^connection closed by media/,
		explain: () => ({
			...likelyFault,
			id: "signal.media-setup",
			title: 'livekit-server cannot set up anybody\'s media: HTTP 500 "connection closed by media"',
			cause:
				'It takes the token and then fails to make its own peer connection. The known cause is a scheme in rtc.stun_servers: its log says "could not handle new participant" and "too many colons in address".',
			fix: 'Write rtc.stun_servers in livekit.yaml as host:port without a scheme ("stun.example.org:3478", not "stun:stun.example.org:3478") and restart; otherwise read the line "could not handle new participant" in its log.',
		}),
	},
];
