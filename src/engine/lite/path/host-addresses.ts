import type { NetworkInterfaceInfo } from "node:os";

/**
 * The addresses that become host candidates (RFC 8445, 5.1.1.1): loopback alone towards a server on loopback, because
 * through another address such a server sees a peer-reflexive candidate, which it nominates a second later; else
 * every address of this machine but loopback and link-local ones.
 * @param interfaces as `os.networkInterfaces()` gives them
 */
export function hostAddresses(
	interfaces: Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>,
	toLoopback: boolean,
): { readonly 4: readonly string[]; readonly 6: readonly string[] } {
	if (toLoopback) return { 4: ["127.0.0.1"], 6: [] };
	const all = Object.values(interfaces)
		.flatMap((addresses) => addresses ?? [])
		.filter(({ internal, address }) => !internal && !/^(fe[89ab]|169\.254\.)/i.test(address));
	const of = (family: string) =>
		all.filter((entry) => entry.family === family).map(({ address }) => address);
	return { 4: of("IPv4"), 6: of("IPv6") };
}
