import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type {
	FromImpairer,
	ImpairerCounts,
	ToImpairer,
} from "../../src/impair/impairer-messages.js";
import type { Impairment } from "../../src/impair/impairment.js";
import { vxlanEnd } from "../../src/impair/vxlan-end.js";
import type { ImpairedNetwork, Namespace } from "./network-namespace.js";

const program = fileURLToPath(new URL("../../dist/impair/impairer-entry.js", import.meta.url));
const device = "emulated";
const addresses = { server: "10.78.0.1", client: "10.78.0.2" } as const;
/** Of VXLAN (RFC 7348 5); nobody else is in the namespaces. */
const port = 4789;
const ends = ["server", "client"] as const;

/** A link between server and client whose delay, order and copies we rule, in place of the network's own way. */
export interface EmulatedLink {
	/** The same namespaces, by their device on the link. */
	readonly server: Namespace;
	readonly client: Namespace;
	/** Of the packets from now on. */
	impair(impairments: {
		readonly toClient?: Partial<Impairment>;
		readonly toServer?: Partial<Impairment>;
	}): Promise<void>;
	/** `aToB` is from the server to the client. */
	counts(): Promise<ImpairerCounts>;
	stop(): Promise<void>;
}

/** Unharmed until `impair`. Devices and process go with the network at the latest. */
export async function startEmulatedLink(
	network: ImpairedNetwork,
	seed: number,
): Promise<EmulatedLink> {
	for (const end of ends) {
		const { name, address: own } = network[end];
		const address = `${addresses[end]}/24`;
		const facts = { device, address, own, impairer: network.routerAddress[end], port };
		network.ip(name, vxlanEnd(facts));
	}
	// There is no way round the link: an answer must not take the network's own way.
	execFileSync(...network.router.within("sysctl", ["-qw", "net.ipv4.ip_forward=0"]));
	const ask = await startImpairer(network);
	const side = (end: (typeof ends)[number]) => {
		return { own: network.routerAddress[end], end: network[end].address };
	};
	await ask({ kind: "start", order: { a: side("server"), b: side("client"), port, seed } });
	const onLink = (end: (typeof ends)[number]): Namespace => {
		return { ...network[end], interfaceName: device, address: addresses[end] };
	};
	return {
		server: onLink("server"),
		client: onLink("client"),
		impair: async ({ toClient = {}, toServer = {} }) => {
			await ask({ kind: "impair", direction: "aToB", impairment: toClient });
			await ask({ kind: "impair", direction: "bToA", impairment: toServer });
		},
		counts: async () => {
			const answer = await ask({ kind: "count" });
			if (answer.kind !== "counts") throw new Error("the impairer told no counts");
			return answer.counts;
		},
		stop: async () => void (await ask({ kind: "stop" })),
	};
}

async function startImpairer(network: ImpairedNetwork) {
	const [command, args] = network.router.within(process.execPath, [program]);
	const child = spawn(command, args, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
	await once(child, "spawn");
	return async (message: ToImpairer): Promise<FromImpairer> => {
		const answered = once(child, "message", { signal: AbortSignal.timeout(10_000) });
		child.send(message);
		const [answer] = (await answered) as [FromImpairer];
		if (message.kind === "stop") child.disconnect();
		if (answer.kind === "refused") throw new Error(`the impairer: ${answer.sentence}`);
		return answer;
	};
}
