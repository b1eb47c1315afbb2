import type { CoturnVariant } from "./coturn-with.js";
import type { DoctorCase, SystemOrder } from "./doctor-case.js";

/** Whether turnserver.conf, as coturn runs with it, is given to doctor. */
type File = "with its file" | "without its file";

function coturn(
	variant: CoturnVariant,
	file: File,
	order: Omit<SystemOrder, "coturn"> = {},
): DoctorCase["prepare"] {
	return async (rig) => {
		const system = await rig.system({ ...order, coturn: variant });
		const config = file === "with its file" ? ["--turn-config", system.coturn.configFile] : [];
		return { ...system, args: [...system.args, ...config] };
	};
}

const otherSecret = { secret: "another-secret-than-that-of-coturn" };

/** Field report 4, and other mistakes about TURN. */
export const turnMistakes: readonly DoctorCase[] = [
	{
		...{ name: "`no-stun` in turnserver.conf", report: 4, isWarning: true },
		expect: "stun.switched-off",
		prepare: coturn({ lines: ["no-stun"] }, "without its file"),
	},
	{
		...{ name: "`no-stun`, and the file is given", report: 4, isWarning: true },
		expect: "config.coturn-no-stun",
		prepare: coturn({ lines: ["no-stun"] }, "with its file"),
	},
	{
		...{ name: "`no-stun` and `no-tcp-relay`", report: 4, isWarning: true },
		expect: "config.coturn-no-stun",
		prepare: coturn({ lines: ["no-stun", "no-tcp-relay"] }, "with its file"),
	},
	{
		...{ name: "LiveKit's secret is not `static-auth-secret`", report: 4, quick: true },
		expect: "turn.wrong-secret",
		prepare: coturn({}, "with its file", { handed: otherSecret }),
	},
	{
		...{ name: "LiveKit's secret is not coturn's, and the file is not given", report: 4 },
		expect: "turn.wrong-secret",
		prepare: coturn({}, "without its file", { handed: otherSecret }),
	},
	{
		...{ name: "users that were made for another realm", report: 4, expect: "turn.wrong-realm" },
		async prepare(rig) {
			const password = "the-password-of-alice";
			const { createHash } = await import("node:crypto");
			const key = createHash("md5").update(`alice:other.example:${password}`).digest("hex");
			const system = await rig.system({
				coturn: {
					without: ["use-auth-secret", "static-auth-secret"],
					lines: ["lt-cred-mech", `user=alice:0x${key}`],
				},
				handed: { secret: null, username: "alice", credential: password },
			});
			// The file as it was meant, in which the realm is the users'.
			const file = await rig.room.file("meant.conf", "lt-cred-mech\nrealm=other.example\n");
			const secrets = [...system.secrets, password, key];
			return { ...system, args: [...system.args, "--turn-config", file], secrets };
		},
	},
	{
		...{ name: "`external-ip` of somebody else", report: 4, expect: "turn.relay-address-wrong" },
		prepare: coturn({ lines: ["external-ip=203.0.113.9"] }, "without its file"),
	},
	{
		...{ name: "`relay-ip` is no address of the machine", report: 4 },
		expect: "config.coturn-relay-ip-foreign",
		prepare: coturn({ lines: ["relay-ip=203.0.113.9"] }, "with its file"),
	},
	{
		...{ name: "no `no-multicast-peers`", report: 4, expect: "turn.multicast-peers-allowed" },
		isWarning: true,
		prepare: coturn({ without: ["no-multicast-peers"] }, "with its file"),
	},
	{
		...{ name: "`stale-nonce=0`: a nonce never ends", report: 4, isWarning: true },
		expect: "config.coturn-stale-nonce",
		prepare: coturn({ lines: ["stale-nonce=0"] }, "with its file"),
	},
	{
		...{ name: "no `stale-nonce`: coturn then takes 600 s", report: 4 },
		prepare: coturn({ without: ["stale-nonce"] }, "with its file"),
	},
	{
		...{ name: "`no-udp`: TURN over TCP alone", report: 4, expect: "turn.udp-unreachable" },
		prepare: coturn({ lines: ["no-udp"] }, "without its file"),
	},
	{
		...{ name: "`no-tcp`, and TCP is handed out", report: 4, expect: "turn.tcp-unreachable" },
		prepare: coturn({ lines: ["no-tcp"] }, "without its file"),
	},
	{
		...{ name: "coturn is stopped", expect: "turn.refused" },
		async prepare(rig) {
			const system = await rig.system();
			await system.coturn.stop();
			return system;
		},
	},
	{
		...{ name: "TURN/TLS is handed out, coturn has no certificate" },
		expect: "turn.tls-unreachable",
		async prepare(rig) {
			const coturn = await rig.coturn();
			const { host, port, tlsPort, secret } = coturn;
			const relay = { host, secret, ttl: 3_600 };
			const turn_servers = [
				{ ...relay, port, protocol: "udp" },
				{ ...relay, port: tlsPort, protocol: "tls" },
			];
			const livekit = await rig.livekit({
				rtc: { stun_servers: [`${host}:${port}`], turn_servers },
			});
			const env = { LIVEKIT_API_KEY: livekit.apiKey, LIVEKIT_API_SECRET: livekit.apiSecret };
			return { args: ["--url", livekit.url], env, secrets: [secret] };
		},
	},
	{
		...{ name: "TURN's certificate has expired", expect: "turn.certificate-expired" },
		async prepare(rig) {
			const coturn = await rig.coturn({ tls: rig.ca.expired });
			const uri = `turns:${coturn.host}:${coturn.tlsPort}?transport=tcp`;
			const { args, env, secrets } = await rig.system();
			const turn = ["--turn", uri, "--ca", rig.ca.caFile];
			const given = { ...env, LIVESOAK_TURN_SECRET: coturn.secret };
			return { args: [...args, ...turn], env: given, secrets };
		},
	},
	{
		...{ name: "`stun-only`", expect: "turn.stun-only" },
		prepare: coturn({ lines: ["stun-only"] }, "without its file"),
	},
	{
		...{ name: "`no-udp-relay`", expect: "turn.no-udp-relay", quick: true },
		prepare: coturn({ lines: ["no-udp-relay"] }, "with its file"),
	},
	{
		...{ name: "`denied-peer-ip` has LiveKit's address", expect: "turn.peer-refused" },
		prepare: coturn({ lines: ["denied-peer-ip=127.0.0.1"] }, "without its file"),
	},
	{
		...{
			name: "`denied-peer-ip` has LiveKit's address, and both files are given",
			expect: "config.coturn-peer-denied",
		},
		async prepare(rig) {
			const system = await rig.system({ coturn: { lines: ["denied-peer-ip=127.0.0.1"] } });
			const turn = ["--turn-config", system.coturn.configFile];
			const livekit = ["--livekit-config", system.livekitConfig];
			return { ...system, args: [...system.args, ...turn, ...livekit] };
		},
	},
	{
		...{ name: "`total-quota=1`", expect: "turn.quota" },
		prepare: coturn({ lines: ["total-quota=1"] }, "without its file"),
	},
	{
		...{ name: "`no-auth`", isWarning: true, expect: "turn.no-auth" },
		prepare: coturn(
			{ lines: ["no-auth"], without: ["use-auth-secret", "static-auth-secret"] },
			"with its file",
		),
	},
	{
		...{ name: "a dead `alternate-server`", expect: "turn.redirect" },
		prepare: coturn({ lines: ["alternate-server=127.0.0.1:9"] }, "without its file"),
	},
];
