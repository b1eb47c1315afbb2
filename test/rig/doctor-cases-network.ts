import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { CoturnVariant } from "./coturn-with.js";
import type { CaseRig, DoctorCase, Given } from "./doctor-case.js";
import { withRelay } from "./doctor-case.js";
import { startLiveKitIn } from "./livekit-in-namespace.js";
import { makeImpairedNetwork } from "./network-namespace.js";

interface Behind {
	/** What the router takes away, both ways, as nftables says it. */
	readonly drop?: readonly string[];
	/** Over `rtc` of livekit.yaml. Without a relay nothing about STUN and TURN is in it. */
	readonly rtc?: Readonly<Record<string, unknown>>;
	readonly hasRelay?: boolean;
	readonly coturn?: CoturnVariant;
	readonly isFileGiven?: boolean;
}

/** LiveKit and coturn on one side of a router, doctor on the other, and no Internet. */
function behind({
	drop = [],
	rtc = {},
	coturn: variant,
	hasRelay = true,
	isFileGiven = false,
}: Behind) {
	return async (rig: CaseRig): Promise<Given> => {
		const network = makeImpairedNetwork();
		rig.onEnd(() => network.remove());
		const { server: namespace, client, router } = network;
		const guarded: CoturnVariant = { without: ["allow-loopback-peers"] };
		const coturn = hasRelay ? await rig.coturn({ ...(variant ?? guarded), namespace }) : undefined;
		const overrides = coturn ? withRelay(coturn, { rtc }) : { rtc };
		const livekit = rig.keep(await startLiveKitIn(namespace, overrides));
		const [program, args] = router.within("nft", ["-f", "-"]);
		const rules = drop.map((match) => `add rule ip firewall forward ${match} drop`).join("\n");
		const hook = "type filter hook forward priority 1; policy accept;";
		const table = `table ip firewall {\n chain forward {\n ${hook}\n }\n}`;
		execFileSync(program, args, { input: `${table}\n${rules}\n` });
		const file = ["--livekit-config", join(livekit.folder, "livekit.yaml")];
		const participants = ["--participants", "20"];
		return {
			args: ["--url", livekit.url, ...participants, ...(isFileGiven ? file : [])],
			env: { LIVEKIT_API_KEY: livekit.apiKey, LIVEKIT_API_SECRET: livekit.apiSecret },
			...{ namespace: client, secrets: coturn ? [coturn.secret] : [] },
		};
	};
}

const mediaPorts = "udp dport 20000-20999";
const isWarning = true;

const mistakes: readonly Omit<DoctorCase, "isNetwork">[] = [
	{
		...{ name: "no `stun_servers`, on a closed network", report: 3, isWarning },
		expect: "ice-servers.public-stun-unreachable",
		prepare: behind({ hasRelay: false }),
	},
	{
		...{ name: "`stun_servers: []`, on a closed network", report: 3, isWarning },
		expect: "ice-servers.public-stun-unreachable",
		prepare: behind({ hasRelay: false, rtc: { stun_servers: [] }, isFileGiven: true }),
	},
	{
		...{ name: "UDP 3478 is closed", report: 4, expect: "turn.udp-unreachable" },
		prepare: behind({ drop: ["udp dport 3478"] }),
	},
	{
		...{ name: "TCP 3478 is closed", report: 4, expect: "turn.tcp-unreachable" },
		prepare: behind({ drop: ["tcp dport 3478"] }),
	},
	{
		...{ name: "the relay's ports are closed", report: 4 },
		expect: "turn.relay-ports-closed",
		prepare: behind({ drop: ["udp dport 40000-40099", "udp sport 40000-40099"] }),
	},
	{
		...{ name: "host candidates only: STUN and TURN do not answer", report: 6 },
		expect: "turn.no-answer",
		prepare: behind({ drop: ["udp dport 3478", "tcp dport 3478"] }),
	},
	{
		...{ name: "no relay, media ports closed: the connect times out", report: 6 },
		expect: "connection.media-ports-closed",
		prepare: behind({ drop: ["meta l4proto udp", "tcp dport 7881"], hasRelay: false }),
	},
	{
		...{ name: "only the relay gets through", report: 6, isWarning },
		expect: "connection.only-relay",
		prepare: behind({ drop: [mediaPorts, "udp sport 20000-20999", "tcp dport 7881"] }),
	},
	{
		...{ name: "UDP blocked, TCP 7881 only", report: 7, isWarning },
		expect: "connection.udp-blocked",
		prepare: behind({ drop: [mediaPorts, "udp sport 20000-20999"] }),
	},
	{
		...{ name: "TCP 7881 is closed", report: 7, isWarning },
		expect: "connection.tcp-unreachable",
		prepare: behind({ drop: ["tcp dport 7881"] }),
	},
	{
		...{ name: "`node_ip` of somebody else, beyond a router", report: 7 },
		expect: "connection.advertised-unreachable",
		prepare: behind({ rtc: { node_ip: "198.51.100.7" } }),
	},
	{
		...{ name: "`node_ip: 127.0.0.1`, and the file is given", report: 7 },
		expect: "config.node-ip-unreachable",
		prepare: behind({ rtc: { node_ip: "127.0.0.1" }, isFileGiven: true }),
	},
	{
		...{ name: "`allow-loopback-peers`", report: 4, isWarning },
		expect: "turn.loopback-peers-allowed",
		prepare: behind({ coturn: { lines: ["allow-loopback-peers"] } }),
	},
	{ name: "healthy, beyond a router", prepare: behind({}) },
];

/** Field reports 3, 6 and 7, and 4 where ports are closed. */
export const networkMistakes: readonly DoctorCase[] = mistakes.map((one) => ({
	...one,
	isNetwork: true,
}));
