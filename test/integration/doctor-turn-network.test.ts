import { execFile, execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { CheckResult } from "../../src/doctor/check.js";
import type { RelayFact } from "../../src/doctor/context.js";
import { type CoturnWith, startCoturnWith } from "../rig/coturn-with.js";
import { type ImpairedNetwork, makeImpairedNetwork } from "../rig/network-namespace.js";
import { requirePart } from "../rig/real-parts.js";
import { goodFor, handed } from "./doctor-turn-rig.js";

const program = fileURLToPath(new URL("../rig/doctor-turn-process.js", import.meta.url));
const boundMs = 60_000;

interface Examination {
	readonly stun: CheckResult;
	readonly turn: CheckResult;
	readonly relays: readonly RelayFact[];
}

requirePart(
	"coturn",
	"root",
	"iproute2",
	"nftables",
)("TURN on the far side of a router", () => {
	let network: ImpairedNetwork;
	let turn: CoturnWith;
	beforeAll(async () => {
		network = makeImpairedNetwork();
		turn = await startCoturnWith({
			namespace: network.server,
			without: ["allow-loopback-peers"],
		});
	});
	afterAll(async () => {
		await turn?.stop();
		network?.remove();
	});

	const inRouter = (rules: string) => {
		const [file, args] = network.router.within("nft", ["-f", "-"]);
		execFileSync(file, args, { input: rules });
	};
	/** A chain of rules at a hook of the router, for as long as the body runs. */
	const ruled = async (hook: string, rules: readonly string[], body: () => Promise<void>) => {
		inRouter(["table ip own {", "chain own {", `type ${hook};`, ...rules, "}", "}"].join("\n"));
		await body().finally(() => inRouter("delete table ip own"));
	};
	const filtered = (rules: readonly string[], body: () => Promise<void>) =>
		ruled("filter hook forward priority 1", rules, body);

	async function examined(at: CoturnWith = turn): Promise<Examination> {
		const servers = [handed(at, ["stun", "udp"], goodFor(at))];
		const [file, args] = network.client.within(process.execPath, [
			program,
			JSON.stringify(servers),
		]);
		const { stdout } = await promisify(execFile)(file, args, { timeout: boundMs });
		for (const { password } of servers) expect(stdout).not.toContain(password);
		expect(stdout).not.toContain(at.secret);
		return JSON.parse(stdout);
	}

	const ids = ({ findings }: CheckResult) => findings.map(({ id }) => id);

	test("nothing is found while the network is well", async () => {
		const found = await examined();
		expect([...ids(found.stun), ...ids(found.turn)]).toEqual([]);
		expect(found.turn.lines[0]).toContain("100 of 100 packets back");
	});

	test("nothing is found from behind a NAT that gives every flow another port", async () => {
		const rules = [`oifname "server" masquerade fully-random`];
		await ruled("nat hook postrouting priority 100", rules, async () => {
			const found = await examined();
			expect([...ids(found.stun), ...ids(found.turn)]).toEqual([]);
			expect(found.turn.lines[0]).toContain(`sees us as ${network.routerAddress.server};`);
			expect(found.turn.lines[0]).toContain("100 of 100 packets back, RTT");
		});
	});

	test("packets that get lost are counted", async () => {
		network.dropRtp(20);
		try {
			const found = await examined();
			const lost = network.dropped();
			expect(lost).toBeGreaterThan(0);
			expect(ids(found.turn)).toEqual(["turn.relay-loss"]);
			expect(found.turn.findings[0]?.title).toContain(`loses ${lost} of 100 packets`);
		} finally {
			network.dropRtp(0);
		}
	});

	test("the relay's ports are closed", async () => {
		const range = turn.relayPorts.join("-");
		await filtered([`udp dport ${range} drop`, `udp sport ${range} drop`], async () => {
			const found = await examined();
			expect(ids(found.turn)).toEqual(["turn.relay-ports-closed"]);
			expect(found.turn.findings[0]).toMatchObject({ severity: "fault", confidence: "likely" });
		});
	});

	test("UDP is blocked, and TCP would work", async () => {
		await filtered(["udp dport 3478 drop"], async () => {
			const found = await examined();
			expect(ids(found.turn)).toEqual(["turn.udp-unreachable"]);
			expect(found.turn.findings[0]?.title).toContain("does not answer, though it does over TCP");
			expect(ids(found.stun)).toEqual(["stun.no-answer"]);
			expect(found.relays).toMatchObject([{ transport: "udp", works: false }]);
		});
	});

	test("nothing of it answers", async () => {
		await filtered([`ip daddr ${network.server.address} drop`], async () => {
			expect(ids((await examined()).turn)).toEqual(["turn.no-answer"]);
		});
	});

	test("a server that relays to its own loopback", async () => {
		await turn.stop();
		turn = await startCoturnWith({ namespace: network.server, lines: ["allow-loopback-peers"] });
		expect(ids((await examined()).turn)).toEqual(["turn.loopback-peers-allowed"]);
	});
});
