import { networkInterfaces } from "node:os";

/** Whether a server's URL names this very machine. A name that only the network knows is taken for another one. */
export function sharesMachine(url: string): boolean {
	const host = new URL(url).hostname.replace(/^\[|\]$/g, "");
	if (host === "localhost" || host === "::1" || host.startsWith("127.")) return true;
	return Object.values(networkInterfaces()).some((addresses) =>
		addresses?.some(({ address }) => address === host),
	);
}
