/** Names and addresses of one network that livesoak makes for itself, and the `ip` calls that make and remove it. */
export interface NetworkPlan {
	/** In front of the server: whatever goes to it and comes from it passes here, and is spoilt here. */
	readonly router: { readonly name: string; readonly toClient: string; readonly toServer: string };
	/** Where the server lives. */
	readonly server: { readonly name: string; readonly interfaceName: string };
	/** Devices among those of the machine itself. */
	readonly device: string;
	readonly tunnelDevice: string;
	readonly addresses: {
		readonly client: string;
		readonly routerToClient: string;
		readonly routerToServer: string;
		readonly server: string;
	};
}

/** Namespaces of ours begin like this and carry the process id of their maker: what a killed one left is known. */
export const namespacePrefix = "livesoak";
const namespacePattern = new RegExp(`^${namespacePrefix}-(\\d+)-(\\d+)-(?:router|server)\\b`);

/** The devices of a client's and a server's end of a network that is `subnet` of ours (0 to 255). */
export function planNetwork(maker: number, number: number, subnet: number): NetworkPlan {
	const name = (part: string) => `${namespacePrefix}-${maker}-${number}-${part}`;
	const address = (host: number) => `10.213.${subnet}.${host}`;
	return {
		router: { name: name("router"), toClient: "client", toServer: "server" },
		server: { name: name("server"), interfaceName: "net" },
		...deviceNames(maker, number),
		addresses: {
			client: address(1),
			routerToClient: address(2),
			routerToServer: address(17),
			server: address(18),
		},
	};
}

/** Fifteen characters at most. */
function deviceNames(maker: number, number: number) {
	return { device: `lsk${maker}n${number}`, tunnelDevice: `lsk${maker}v${number}` };
}

/** Of every /28 of ours; no two networks share one. */
export function subnetOf({ addresses }: NetworkPlan): string {
	return addresses.client.replace(/\.1$/, ".0/24");
}

/** In order. The client's end is this machine's own network, the server's a namespace with nothing else in it. */
export function makeCalls({ router, server, device, addresses }: NetworkPlan): string[][] {
	const { client, routerToClient, routerToServer, server: own } = addresses;
	const inside = (name: string, ...call: string[]) => ["-n", name, ...call];
	const peer = (end: string) => ["type", "veth", "peer", "name", end, "netns", router.name];
	return [
		["netns", "add", router.name],
		["netns", "add", server.name],
		inside(router.name, "link", "set", "lo", "up"),
		inside(server.name, "link", "set", "lo", "up"),
		["link", "add", device, ...peer(router.toClient)],
		inside(server.name, "link", "add", server.interfaceName, ...peer(router.toServer)),
		["addr", "add", `${client}/28`, "dev", device],
		inside(router.name, "addr", "add", `${routerToClient}/28`, "dev", router.toClient),
		inside(router.name, "addr", "add", `${routerToServer}/28`, "dev", router.toServer),
		inside(server.name, "addr", "add", `${own}/28`, "dev", server.interfaceName),
		["link", "set", device, "up"],
		inside(router.name, "link", "set", router.toClient, "up"),
		inside(router.name, "link", "set", router.toServer, "up"),
		inside(server.name, "link", "set", server.interfaceName, "up"),
		["route", "add", `${own}/32`, "via", routerToClient, "src", client],
		inside(router.name, "route", "add", "default", "via", client),
		inside(server.name, "route", "add", "default", "via", routerToServer),
	];
}

/** Each may fail where its thing was never made, or is gone. */
export function removeCalls(
	plan: Pick<NetworkPlan, "device" | "tunnelDevice"> & Names,
): string[][] {
	return [
		["link", "del", plan.tunnelDevice],
		["link", "del", plan.device],
		["netns", "del", plan.router.name],
		["netns", "del", plan.server.name],
	];
}

interface Names {
	readonly router: { readonly name: string };
	readonly server: { readonly name: string };
}

/**
 * What makers that are gone have left.
 * @param list what `ip netns list` says
 */
export function leftOverCalls(list: string, isAlive: (maker: number) => boolean): string[][] {
	const found = new Map<string, string[][]>();
	for (const line of list.split("\n")) {
		const [, maker = "", number = ""] = namespacePattern.exec(line) ?? [];
		if (maker === "" || isAlive(Number(maker))) continue;
		const plan = planNetwork(Number(maker), Number(number), 0);
		found.set(`${maker} ${number}`, removeCalls(plan));
	}
	return [...found.values()].flat();
}
