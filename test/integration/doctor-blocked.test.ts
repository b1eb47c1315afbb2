import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCheckIn } from "../rig/doctor-in-namespace.js";
import { type ServerInNamespace, startLiveKitIn } from "../rig/livekit-in-namespace.js";
import { type ImpairedNetwork, makeImpairedNetwork } from "../rig/network-namespace.js";
import { requirePart } from "../rig/real-parts.js";

requirePart(
	"iproute2",
	"nftables",
	"root",
)("the doctor behind a firewall", () => {
	let network: ImpairedNetwork;
	let server: ServerInNamespace;

	beforeAll(async () => {
		network = makeImpairedNetwork();
		server = await startLiveKitIn(network.server);
	});
	afterAll(async () => {
		await server?.stop();
		network?.remove();
	});

	/** What the router takes away, both ways, as nftables says it. */
	function drop(...matches: string[]): void {
		const rules = matches.map((match) => `add rule ip firewall forward ${match} drop`).join("\n");
		const [program, args] = network.router.within("nft", ["-f", "-"]);
		const hook = "type filter hook forward priority 1; policy accept;";
		const table = `table ip firewall {\n chain forward {\n ${hook}\n }\n}`;
		execFileSync(program, args, { input: `${table}\nflush chain ip firewall forward\n${rules}\n` });
	}

	function connect() {
		const { url, apiKey, apiSecret } = server;
		const target = { url, apiKey, apiSecret, participants: 2 };
		const facts = { iceServers: [] };
		const order = { module: "connection", check: "connection", target, facts };
		return runCheckIn(network.client, order);
	}

	test("open: nothing to say", async () => {
		drop();
		const { result, connected } = await connect();
		expect(result.findings).toEqual([]);
		expect(connected).toEqual({ direct: true, tcp: true });
	});

	test("UDP is dropped: TCP alone comes through", async () => {
		drop("meta l4proto udp");
		const { result, connected } = await connect();
		expect(result.findings[0]).toMatchObject({ id: "connection.udp-blocked", severity: "warning" });
		expect(result.findings[0]?.title).toContain(`only TCP ${server.ports.tcpPort} comes through`);
		expect(connected).toEqual({ direct: false, tcp: true });
	});

	test("UDP and the TCP media port are dropped", async () => {
		drop("meta l4proto udp", `tcp dport ${server.ports.tcpPort}`);
		const { result, connected } = await connect();
		expect(result.findings[0]).toMatchObject({
			...{ id: "connection.media-ports-closed", severity: "fault" },
		});
		expect(result.findings[0]?.title).toContain(network.server.address);
		expect(connected).toEqual({ direct: false, tcp: false });
	});

	test("the TCP media port alone is dropped", async () => {
		drop(`tcp dport ${server.ports.tcpPort}`);
		const { result } = await connect();
		expect(result.findings.map(({ id }) => id)).toEqual(["connection.tcp-unreachable"]);
	});
});
