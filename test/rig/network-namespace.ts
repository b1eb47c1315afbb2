import { execFileSync, spawnSync } from "node:child_process";
import { isRunning } from "./gone.js";

/** Names of ours carry the process id of their maker: what a killed one left is known, and removed. */
const prefix = "lsktest";
const router = { server: "10.77.1.1", client: "10.77.2.1" } as const;
const addresses = { server: "10.77.1.2", client: "10.77.2.2" } as const;
/** In the namespaces of server and client; the router's ends are called as whom they lead to. */
const interfaceName = "net";
const boundMs = 10_000;

export interface Namespace {
	readonly name: string;
	/** Its one interface beside `lo`. */
	readonly interfaceName: string;
	readonly address: string;
	/** The command line that runs a program in it. */
	within(program: string, args: readonly string[]): [program: string, args: string[]];
}

/** Two namespaces and a router between them that harms what goes from the server to the client. */
export interface ImpairedNetwork {
	readonly server: Namespace;
	readonly client: Namespace;
	readonly router: Pick<Namespace, "name" | "within">;
	/** How each end sees the router. */
	readonly routerAddress: Readonly<Record<"server" | "client", string>>;
	/** Calls of `ip` within a namespace, one after the other. */
	ip(namespace: string, calls: readonly (readonly string[])[]): void;
	/** Of RTP alone (RFC 7983, RFC 5761), so that joins are untouched; replaces what was set before. */
	dropRtp(percent: number): void;
	/** Packets that `dropRtp` has taken since it was set. */
	dropped(): number;
	/** From now on no RTP comes through, until the next `dropRtp`. */
	cutRtp(): void;
	/** A narrow pipe to the client: what is sent in bursts delays what comes behind it. */
	narrow(kilobitsPerSecond: number): void;
	widen(): void;
	/** Ends whatever still runs in the namespaces, then removes them. Idempotent. */
	remove(): void;
}

/**
 * Makes the namespaces `server` — router — `client`, on private addresses that are theirs alone. Needs root. They
 * go with `remove`, with the end of this process, and at the latest with the next call by whomever, where this
 * process was killed.
 */
export function makeImpairedNetwork(): ImpairedNetwork {
	removeLeftOvers();
	const own = `${prefix}-${process.pid}-${process.hrtime.bigint() % 100_000n}`;
	const names = { server: `${own}-server`, router: `${own}-router`, client: `${own}-client` };
	const remove = () => {
		process.off("exit", remove);
		for (const name of Object.values(names)) removeNamespace(name);
	};
	process.once("exit", remove);
	try {
		for (const name of Object.values(names)) addNamespace(name);
		for (const end of ["server", "client"] as const) connect(names, end);
		inside(names.router, "sysctl", ["-qw", "net.ipv4.ip_forward=1"]);
		nft(names.router, table);
	} catch (error) {
		remove();
		throw error;
	}
	const inRouter = (rules: string) => nft(names.router, rules);
	const shape = (...change: string[]) => inside(names.router, "tc", ["qdisc", ...change]);
	return {
		server: namespace(names.server, addresses.server),
		client: namespace(names.client, addresses.client),
		router: { name: names.router, within: within(names.router) },
		routerAddress: router,
		ip: (name, calls) => {
			for (const call of calls) ip("-n", name, ...call);
		},
		dropRtp: (percent) => {
			const rule = `numgen random mod 1000 < ${percent * 10} counter drop`;
			inRouter(`flush chain ip impair rtp\n${percent > 0 ? `add rule ip impair rtp ${rule}` : ""}`);
		},
		dropped: () => {
			const listing = inside(names.router, "nft", ["list", "chain", "ip", "impair", "rtp"]);
			return Number(/counter packets (\d+)/.exec(listing)?.[1] ?? 0);
		},
		// One transaction: no packet slips through between the rules.
		cutRtp: () => inRouter("insert rule ip impair rtp drop"),
		narrow: (kilobitsPerSecond) => {
			const pipe = ["rate", `${kilobitsPerSecond}kbit`, "burst", "1600", "limit", "1000000"];
			shape("replace", "dev", "client", "root", "tbf", ...pipe);
		},
		widen: () => void shape("del", "dev", "client", "root"),
		remove,
	};
}

/** RTP: the first two bits are 2; the second byte is none of RTCP's (192 to 223). */
const table = `
table ip impair {
	chain rtp {
	}
	chain forward {
		type filter hook forward priority 0; policy accept;
		iifname "server" meta l4proto udp @th,64,8 & 0xc0 == 0x80 @th,72,8 & 0xe0 != 0xc0 jump rtp
	}
}`;

function namespace(name: string, address: string): Namespace {
	return { ...{ name, interfaceName, address }, within: within(name) };
}

function within(name: string): Namespace["within"] {
	return (program, args) => ["ip", ["netns", "exec", name, program, ...args]];
}

function addNamespace(name: string): void {
	ip("netns", "add", name);
	ip("-n", name, "link", "set", "lo", "up");
	// One candidate a side. Kernels without IPv6 have nothing to switch off.
	const off = ["-qw", "net.ipv6.conf.all.disable_ipv6=1", "net.ipv6.conf.default.disable_ipv6=1"];
	spawnSync("ip", ["netns", "exec", name, "sysctl", ...off], { timeout: boundMs });
}

function connect(names: Record<"server" | "router" | "client", string>, end: "server" | "client") {
	const name = names[end];
	const veth = ["type", "veth", "peer", "name", end, "netns", names.router];
	ip("-n", name, "link", "add", interfaceName, ...veth);
	ip("-n", name, "addr", "add", `${addresses[end]}/24`, "dev", interfaceName);
	ip("-n", names.router, "addr", "add", `${router[end]}/24`, "dev", end);
	ip("-n", name, "link", "set", interfaceName, "up");
	ip("-n", names.router, "link", "set", end, "up");
	ip("-n", name, "route", "add", "default", "via", router[end]);
}

/** A namespace outlives its name as long as a process is in it. */
function removeNamespace(name: string): void {
	const pids = spawnSync("ip", ["netns", "pids", name], { encoding: "utf8", timeout: boundMs });
	for (const pid of (pids.stdout ?? "").split("\n").map(Number).filter(Boolean)) {
		try {
			process.kill(pid, "SIGKILL");
		} catch {
			// Gone meanwhile.
		}
	}
	spawnSync("ip", ["netns", "del", name], { timeout: boundMs });
}

function removeLeftOvers(): void {
	for (const line of ip("netns", "list").split("\n")) {
		const [, name = "", maker = ""] = new RegExp(`^(${prefix}-(\\d+)-\\S+)`).exec(line) ?? [];
		if (name !== "" && !isRunning(Number(maker))) removeNamespace(name);
	}
}

function nft(name: string, rules: string): void {
	execFileSync("ip", ["netns", "exec", name, "nft", "-f", "-"], { input: rules, timeout: boundMs });
}

function inside(name: string, program: string, args: readonly string[]): string {
	return ip("netns", "exec", name, program, ...args);
}

function ip(...args: string[]): string {
	return execFileSync("ip", args, { encoding: "utf8", timeout: boundMs });
}
