import { mintToken } from "../../src/token/access-token.js";
import type { CaseRig, DoctorCase, Given } from "./doctor-case.js";
import { makeToken, type TokenCase } from "./token-case.js";

/** One token as the application would use it, against a healthy system. */
function given(change: Partial<TokenCase>, isKeyGiven = true): DoctorCase["prepare"] {
	return async (rig) => {
		const { livekit, args, env, secrets } = await rig.system();
		const { text } = makeToken({ why: "", expect: [], ...change }, livekit, Date.now());
		const key = isKeyGiven ? env : {};
		return { args, env: { ...key, LIVEKIT_TOKEN: text }, secrets };
	};
}

/** A token service, which the application asks for each user. */
function service(change: { rooms?: readonly string[]; clockMs?: number; identity?: string }) {
	return async (rig: CaseRig): Promise<Given> => {
		const { livekit, args, secrets } = await rig.system();
		let asked = 0;
		const url = await rig.service(async () => {
			const n = asked++;
			const { apiKey, apiSecret } = livekit;
			const room = change.rooms?.[n] ?? "demo";
			const identity = change.identity ?? `user-${n}`;
			const rights = { canPublish: true, canSubscribe: true };
			const nowMs = Date.now() + (change.clockMs ?? 0);
			const order = { apiKey, apiSecret, identity, room, ttlMs: 600_000, ...rights };
			if (change.clockMs === undefined) return { token: await mintToken(order) };
			return { token: makeToken({ why: "", expect: [] }, livekit, nowMs).text };
		});
		return { args: [...args, "--token-url", url], secrets };
	};
}

/** Field report 1, and other mistakes about tokens. */
export const tokenMistakes: readonly DoctorCase[] = [
	{
		...{ name: "the claim is called `grants`, not `video`", report: 1, quick: true },
		expect: "token.video-misnamed",
		prepare: given({ claims: { video: null, grants: { roomJoin: true, room: "demo" } } }),
	},
	{
		...{ name: "the issuer is not the key", report: 1, expect: "token.issuer-differs" },
		prepare: given({ claims: { iss: "APIsomebody" } }),
	},
	{
		...{ name: "an issuer that the server does not know, key not given", report: 1 },
		expect: "signal.unknown-api-key",
		prepare: given({ claims: { iss: "APIsomebody" } }, false),
	},
	{
		...{ name: "signed by another secret", report: 1, expect: "token.secret-mismatch" },
		prepare: given({ sign: "another-secret-of-the-cases-of-doctor" }),
	},
	{
		...{ name: "signed by another secret, key not given", report: 1 },
		expect: "signal.wrong-secret",
		prepare: given({ sign: "another-secret-of-the-cases-of-doctor" }, false),
	},
	{
		...{ name: "the token has expired", report: 1, expect: "token.expired" },
		prepare: given({ seconds: { nbf: -7_200, exp: -3_600 } }),
	},
	{
		...{ name: "the token is not valid yet", report: 1, expect: "token.not-yet-valid" },
		prepare: given({ seconds: { nbf: 3_600, exp: 7_200 } }),
	},
	{
		...{ name: "the token service's clock is ten minutes ahead", report: 1 },
		expect: "token.not-yet-valid",
		prepare: service({ clockMs: 600_000 }),
	},
	{
		...{ name: "no `roomJoin`", report: 1, expect: "token.room-join-missing" },
		prepare: given({ video: { room: "demo" } }),
	},
	{
		...{ name: "the service puts each user into another room", report: 1 },
		...{ expect: "token.service-other-room", isWarning: true },
		prepare: service({ rooms: ["demo-1", "demo-2"] }),
	},
	{
		...{ name: "`canPublish` is false", report: 1, expect: "token.cannot-publish" },
		prepare: given({ video: { roomJoin: true, room: "demo", canPublish: false } }),
	},
	{
		...{ name: "`canSubscribe` is false", expect: "token.cannot-subscribe" },
		prepare: given({ video: { roomJoin: true, room: "demo", canSubscribe: false } }),
	},
	{
		...{ name: "`room_join` in snake case", expect: "token.snake-case" },
		prepare: given({ video: { room_join: true, room: "demo" } }),
	},
	{
		...{ name: "`room` is a list", expect: "token.room-is-list" },
		prepare: given({ video: { roomJoin: true, room: ["demo"] } }),
	},
	{
		...{ name: "`exp` and `nbf` in milliseconds", expect: "token.milliseconds" },
		prepare: given({ milliseconds: ["exp", "nbf"] }),
	},
	{
		...{ name: "the service gives everybody the same identity", isWarning: true },
		expect: "token.service-same-identity",
		prepare: service({ identity: "user" }),
	},
	{
		...{ name: "the token service answers 401", expect: "token.service-unauthorized" },
		async prepare(rig) {
			const { args, secrets } = await rig.system();
			return { args: [...args, "--token-url", await rig.service({ error: "no" }, 401)], secrets };
		},
	},
];
