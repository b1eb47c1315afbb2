import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isRunning } from "./gone.js";

const boundMs = 10_000;
const subnet = "10.78.1";

/** What a program that ran in a container's place left. */
export interface Ended {
	readonly code: number | null;
	readonly stdout: string;
	readonly stderr: string;
}

/** As the bridge network of a compose file: each service has an address and finds the others by name. */
export interface ComposeNetwork {
	/** Runs a program in the service's place. The environment is exactly `env`. */
	start(service: string, program: string, args: readonly string[], env: NodeJS.ProcessEnv): Running;
	/** Answer to a GET from the service's place: status and body; 0 where nobody answers. */
	get(service: string, url: string): { readonly status: number; readonly body: string };
	/** Ends whatever still runs in it. Idempotent. */
	remove(): void;
}

export interface Running {
	readonly ended: Promise<Ended>;
	/** Standard output and error so far. */
	text(): string;
	stop(signal: NodeJS.Signals): void;
}

/**
 * A network namespace for each service, joined by a bridge in one of its own, with `eth0` as containers have it and
 * an /etc/hosts of the services' names. Needs root. It goes with `remove` or with the end of this process.
 */
export function makeComposeNetwork(services: readonly string[]): ComposeNetwork {
	removeLeftOvers();
	// The prefix that test/rig/network-namespace.ts looks for: what a killed process left, either of the two removes.
	const own = `lsktest-${process.pid}-compose`;
	const bridge = `${own}-bridge`;
	const nameOf = (service: string) => `${own}-${service}`;
	const remove = () => {
		process.off("exit", remove);
		for (const name of [...services.map(nameOf), bridge]) removeNamespace(name);
	};
	process.once("exit", remove);
	try {
		ip("netns", "add", bridge);
		ip("-n", bridge, "link", "add", "br0", "type", "bridge");
		ip("-n", bridge, "link", "set", "br0", "up");
		const hosts = services.map((service, index) => `${subnet}.${index + 2} ${service}\n`).join("");
		for (const [index, service] of services.entries()) {
			const name = nameOf(service);
			ip("netns", "add", name);
			mkdirSync(join("/etc/netns", name), { recursive: true });
			writeFileSync(join("/etc/netns", name, "hosts"), `127.0.0.1 localhost\n${hosts}`);
			const port = `port${index}`;
			ip("-n", name, "link", "set", "lo", "up");
			ip(
				...["-n", name, "link", "add", "eth0", "type", "veth"],
				...["peer", "name", port, "netns", bridge],
			);
			ip("-n", name, "addr", "add", `${subnet}.${index + 2}/24`, "dev", "eth0");
			ip("-n", name, "link", "set", "eth0", "up");
			ip("-n", bridge, "link", "set", port, "master", "br0", "up");
		}
	} catch (error) {
		remove();
		throw error;
	}
	const within = (service: string) => ["netns", "exec", nameOf(service)];
	return {
		start: (service, program, args, env) => start([...within(service), program, ...args], env),
		get: (service, url) => get(within(service), url),
		remove,
	};
}

function start(args: readonly string[], env: NodeJS.ProcessEnv): Running {
	const child = spawn("ip", args, { env, stdio: ["ignore", "pipe", "pipe"] });
	const written = { stdout: "", stderr: "" };
	child.stdout.on("data", (chunk) => {
		written.stdout += chunk;
	});
	child.stderr.on("data", (chunk) => {
		written.stderr += chunk;
	});
	return {
		ended: new Promise((resolve) => child.once("close", (code) => resolve({ code, ...written }))),
		text: () => written.stdout + written.stderr,
		stop: (signal) => void child.kill(signal),
	};
}

function get(within: readonly string[], url: string): { status: number; body: string } {
	const program = [
		"const answer = await fetch(process.argv[1], { signal: AbortSignal.timeout(5000) }).catch(() => undefined);",
		"console.log(JSON.stringify({ status: answer?.status ?? 0, body: (await answer?.text()) ?? '' }));",
	].join("\n");
	const args = [...within, process.execPath, "--input-type=module", "-e", program, url];
	const bounds = { timeout: boundMs, maxBuffer: 2 ** 26 };
	return JSON.parse(execFileSync("ip", args, { encoding: "utf8", ...bounds }));
}

/** What `network-namespace.ts` cannot know of: the files beside a namespace of a process that was killed. */
function removeLeftOvers(): void {
	for (const line of ip("netns", "list").split("\n")) {
		const [, name = "", maker = ""] = /^(lsktest-(\d+)-compose\S*)/.exec(line) ?? [];
		if (name !== "" && !isRunning(Number(maker))) removeNamespace(name);
	}
}

function removeNamespace(name: string): void {
	for (const pid of quietly("netns", "pids", name).split("\n").map(Number).filter(Boolean)) {
		try {
			process.kill(pid, "SIGKILL");
		} catch {
			// Gone meanwhile.
		}
	}
	quietly("netns", "del", name);
	rmSync(join("/etc/netns", name), { recursive: true, force: true });
}

function quietly(...args: string[]): string {
	try {
		return ip(...args);
	} catch {
		return "";
	}
}

function ip(...args: string[]): string {
	return execFileSync("ip", args, { encoding: "utf8", timeout: boundMs, stdio: "pipe" });
}
