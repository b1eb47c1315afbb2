import { execPath } from "node:process";
import { isAlive, ownPid } from "../../backend/pid.js";
import type { ProcessPlace } from "../../backend/start-livekit.js";
import { UserError } from "../../error/user-error.js";
import { vxlanEnd } from "../../impair/vxlan-end.js";
import type { NetworkEffect } from "../../scenario/fault.js";
import type { FaultNetwork } from "../fault-hands.js";
import { type Emulator, startEmulator } from "./emulator.js";
import { type Keeper, startKeeper } from "./keeper.js";
import {
	dropRule,
	emulated,
	meansFor,
	meansText,
	netemArguments,
	tbfArguments,
} from "./network-means.js";
import {
	leftOverCalls,
	makeCalls,
	type NetworkPlan,
	planNetwork,
	removeCalls,
	subnetOf,
} from "./network-plan.js";
import { findPrograms, type Programs } from "./programs.js";
import { mustCall, systemCall } from "./system-call.js";

/** Networks that this process has made: their names differ. */
let made = 0;

/** A network of livesoak's own with a place for the server at its far end, and faults in the middle. */
export interface OwnNetwork extends FaultNetwork {
	/** The server's address, which this machine reaches. */
	readonly serverAddress: string;
	readonly serverPlace: ProcessPlace;
	/** Ends and removes all of it. Idempotent, never rejects. */
	remove(): Promise<void>;
}

/**
 * Makes the network for these effects. Linux, with the rights of root (CAP_NET_ADMIN, CAP_SYS_ADMIN).
 * @throws UserError without the rights, the programs or the kernel for it; nothing is left then
 */
export async function makeOwnNetwork(
	effects: readonly NetworkEffect[],
	{ env, seed }: { readonly env: NodeJS.ProcessEnv; readonly seed: number },
): Promise<OwnNetwork> {
	const programs = await findPrograms(env);
	const plan = await freePlan(programs);
	const keeper = await startKeeper({ ip: programs.ip, calls: removeCalls(plan) });
	try {
		return await make(plan, { programs, keeper, effects, seed });
	} catch (cause) {
		await keeper.release();
		throw refused(cause);
	}
}

interface Parts {
	readonly programs: Programs;
	readonly keeper: Keeper;
	readonly effects: readonly NetworkEffect[];
	readonly seed: number;
}

async function make(plan: NetworkPlan, parts: Parts): Promise<OwnNetwork> {
	const { programs, keeper, effects, seed } = parts;
	const { ip } = programs;
	const { router, server, addresses } = plan;
	const inRouter = (program: string, args: readonly string[], input?: string) =>
		mustCall(ip, ["netns", "exec", router.name, program, ...args], input);
	for (const call of makeCalls(plan)) await mustCall(ip, call);
	for (const name of [server.name, router.name])
		await mustCall(ip, ["netns", "exec", name, execPath, "-e", prepareScript]);

	const qdisc = async (...discipline: string[]) => {
		for (const device of [router.toClient, router.toServer])
			await inRouter(programs.tc, ["qdisc", "replace", "dev", device, "root", ...discipline]);
	};
	const noQdisc = async () => {
		for (const device of [router.toClient, router.toServer])
			await systemCall(ip, [
				...["netns", "exec", router.name, programs.tc],
				...["qdisc", "del", "dev", device, "root"],
			]);
	};
	const hasNetem = await qdisc("netem", "delay", "1ms").then(
		() => true,
		() => false,
	);
	await noQdisc();
	const needed = new Set(effects.map((effect) => meansFor(effect, hasNetem)));
	if (needed.has("nftables")) await inRouter(programs.nft, ["-f", "-"], table);
	const emulator = needed.has("emulator") ? await makeEmulator(plan, programs, seed) : undefined;
	const heals: (() => Promise<unknown>)[] = [];
	const network: FaultNetwork = {
		meansOf: (effect) => meansText[meansFor(effect, hasNetem)],
		async impair(effect) {
			await network.heal();
			switch (effect.do) {
				case "loss":
				case "partition":
					if (hasNetem) break;
					heals.push(() => inRouter(programs.nft, ["flush", "chain", "ip", "livesoak", "forward"]));
					await inRouter(
						programs.nft,
						["-f", "-"],
						`add rule ip livesoak forward ${dropRule(effect)}`,
					);
					return;
				case "bandwidth":
					if (hasNetem) break;
					heals.push(noQdisc);
					await qdisc("tbf", ...tbfArguments(effect));
					return;
				default:
			}
			if (hasNetem) {
				heals.push(noQdisc);
				await qdisc("netem", ...netemArguments(effect));
				return;
			}
			if (!emulator) throw new Error("the emulator was not started");
			await emulator.process.impair(emulated(effect));
			heals.push(emulator.goRound, () => emulator.process.impair({}));
			await emulator.goThrough();
		},
		async heal() {
			for (const heal of heals.splice(0)) await heal();
		},
	};
	let removed: Promise<void> | undefined;
	return {
		...network,
		serverAddress: addresses.server,
		serverPlace: {
			interfaceName: server.interfaceName,
			within: (command, args) => ({
				command: ip,
				args: ["netns", "exec", server.name, command, ...args],
			}),
		},
		remove() {
			removed ??= (async () => {
				await emulator?.process.stop();
				await keeper.release();
			})().catch(() => {});
			return removed;
		},
	};
}

/** Forwards; no IPv6, so that the server has one candidate. */
const prepareScript = `
const { writeFileSync } = require("node:fs");
writeFileSync("/proc/sys/net/ipv4/ip_forward", "1");
for (const which of ["all", "default"])
	try { writeFileSync("/proc/sys/net/ipv6/conf/" + which + "/disable_ipv6", "1"); } catch {}
`;

const table =
	"table ip livesoak {\n\tchain forward {\n\t\ttype filter hook forward priority 0; policy accept;\n\t}\n}\n";

/** Of the way through the emulator. */
interface Detour {
	readonly process: Emulator;
	/** From now on all packets go through it; no address changes. */
	goThrough(): Promise<void>;
	/** The usual way again. */
	goRound(): Promise<void>;
}

const serverTunnel = "emulated";

async function makeEmulator(plan: NetworkPlan, programs: Programs, seed: number): Promise<Detour> {
	const { ip } = programs;
	const { router, server, addresses, tunnelDevice } = plan;
	const { client, routerToClient, routerToServer, server: serverAddress } = addresses;
	// The kernel's end of a tunnel binds its port on every address of this machine.
	const port = tunnelPort(plan);
	const atClient = { device: tunnelDevice, impairer: routerToClient, own: client, port };
	const atServer = { device: serverTunnel, impairer: routerToServer, own: serverAddress, port };
	for (const call of vxlanEnd(atClient)) await mustCall(ip, call);
	for (const call of vxlanEnd(atServer)) await mustCall(ip, ["-n", server.name, ...call]);
	const a = { own: routerToClient, end: client };
	const b = { own: routerToServer, end: serverAddress };
	const emulator = await startEmulator(
		(program, args) => [ip, ["netns", "exec", router.name, program, ...args]],
		{ program: execPath, order: { a, b, port, seed } },
	);
	const toServer = [`${serverAddress}/32`];
	return {
		process: emulator,
		async goThrough() {
			const back = ["default", "via", client, "dev", serverTunnel, "onlink"];
			await mustCall(ip, ["route", "replace", ...toServer, "dev", tunnelDevice, "src", client]);
			await mustCall(ip, ["-n", server.name, "route", "replace", ...back]);
		},
		async goRound() {
			const back = ["default", "via", routerToServer];
			await mustCall(ip, ["route", "replace", ...toServer, "via", routerToClient, "src", client]);
			await mustCall(ip, ["-n", server.name, "route", "replace", ...back]);
		},
	};
}

/** One that no other network of ours has: its subnet is its own. */
function tunnelPort(plan: NetworkPlan): number {
	return 47_890 + Number(plan.addresses.client.split(".")[2]);
}

/** What killed runs left is removed; then the first subnet that this machine does not know. */
async function freePlan({ ip }: Programs): Promise<NetworkPlan> {
	const list = await systemCall(ip, ["netns", "list"]);
	for (const call of leftOverCalls(list.stdout, isAlive)) await systemCall(ip, call);
	const number = made++;
	for (let tried = 0; tried < 256; tried++) {
		const plan = planNetwork(ownPid, number, (ownPid + number + tried) % 256);
		const { stdout } = await systemCall(ip, ["route", "show", "root", subnetOf(plan)]);
		if (stdout.trim() === "") return plan;
	}
	throw new UserError({ message: "No free network among 10.213.0.0/16.", exitCode: 1 });
}

function refused(cause: unknown): unknown {
	if (cause instanceof UserError) return cause;
	const words = cause instanceof Error ? cause.message : String(cause);
	const isRights = /not permitted|permission denied/i.test(words);
	return new UserError({
		message: isRights
			? `Faults of the network need a network namespace, and this user may not make one (${words}).`
			: `The network for the scenario's faults cannot be made: ${words}.`,
		hint: isRights
			? "Run as root (or with CAP_NET_ADMIN and CAP_SYS_ADMIN), or take the faults of the network out of the scenario."
			: "A Linux kernel with network namespaces, veth, nftables and VXLAN is needed.",
		exitCode: 1,
		cause,
	});
}
