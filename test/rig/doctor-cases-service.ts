import { restCredentials } from "../../src/ice/turn-credentials.js";
import type { CoturnWith } from "./coturn-with.js";
import type { DoctorCase } from "./doctor-case.js";

/** A credential service that answers so, beside a healthy system whose coturn it hands out. */
function answering(
	answer: (coturn: CoturnWith, fresh: (ttlMs?: number) => Credentials) => unknown,
	status = 200,
): DoctorCase["prepare"] {
	return async (rig) => {
		const { coturn, args, env, secrets } = await rig.system();
		const fresh = (ttlMs = 3_600_000) => {
			const order = { secret: coturn.secret, name: "app", ttlMs, nowMs: Date.now() };
			return restCredentials(order);
		};
		const url = await rig.service(answer(coturn, fresh), status);
		return { args: [...args, "--turn-url", url], env, secrets };
	};
}

type Credentials = ReturnType<typeof restCredentials>;

const bare = ({ host, port }: CoturnWith) => `${host}:${port}`;
const both = (coturn: CoturnWith) =>
	["udp", "tcp"].map((transport) => `turn:${bare(coturn)}?transport=${transport}`);

/** Field report 5, and other mistakes of such services. */
export const serviceMistakes: readonly DoctorCase[] = [
	{
		...{
			name: "the credential service lists entries twice",
			report: 5,
			isWarning: true,
			expect: "ice-servers.doubled",
		},
		prepare: answering((coturn, fresh) => ({
			...{ uris: [...both(coturn), ...both(coturn)], ...fresh() },
		})),
	},
	{
		...{ name: "`turn://host`", report: 5, expect: "ice-servers.slashes" },
		prepare: answering((coturn, fresh) => ({ uris: [`turn://${bare(coturn)}`], ...fresh() })),
	},
	{
		...{ name: "STUN with credentials", report: 5, isWarning: true },
		expect: "ice-servers.stun-with-credentials",
		prepare: answering((coturn, fresh) => [
			{ urls: [`stun:${bare(coturn)}`], username: "a", credential: "b" },
			{ urls: both(coturn), ...fresh() },
		]),
	},
	{
		...{ name: "no `transport=`", report: 5, isWarning: true },
		expect: "ice-servers.missing-transport",
		prepare: answering((coturn, fresh) => ({ uris: [`turn:${bare(coturn)}`], ...fresh() })),
	},
	{
		...{ name: "the credential service hands out expired credentials", report: 5, quick: true },
		expect: "ice-servers.expired-credentials",
		prepare: answering((coturn, fresh) => ({ uris: both(coturn), ...fresh(-60_000) })),
	},
	{
		...{ name: "TURN without credentials", expect: "ice-servers.turn-without-credentials" },
		prepare: answering((coturn) => [{ urls: both(coturn) }]),
	},
	{
		...{
			name: "the credential service has another secret than coturn",
			expect: "turn.wrong-secret",
		},
		prepare: answering((coturn) => {
			const secret = "the-secret-of-some-other-system";
			const order = { secret, name: "app", ttlMs: 3_600_000, nowMs: Date.now() };
			return { uris: both(coturn), ...restCredentials(order) };
		}),
	},
	{
		...{ name: "`turns:` with `transport=udp`", expect: "ice-servers.turns-over-udp" },
		isWarning: true,
		prepare: answering((coturn, fresh) => ({
			...{ uris: [...both(coturn), `turns:${bare(coturn)}?transport=udp`], ...fresh() },
		})),
	},
	{
		...{ name: "a TURN server whose name nobody knows", expect: "ice-servers.unknown-host" },
		prepare: answering((_coturn, fresh) => ({
			uris: ["turn:turn.invalid:3478?transport=udp", "turn:turn.invalid:3478?transport=tcp"],
			...fresh(),
		})),
	},
	{
		...{
			name: "the credential service answers an HTML page",
			expect: "ice-servers.service-not-json",
		},
		prepare: answering(() => "<html>login</html>"),
	},
	{
		...{ name: "the credential service answers 401", expect: "ice-servers.service-refused" },
		prepare: answering(() => ({ error: "no" }), 401),
	},
];
