import { provenFault, provenWarning } from "../certainty.js";
import type { CheckResult } from "../check.js";
import type { DoctorContext } from "../context.js";
import type { Finding } from "../finding.js";
import { lookUp } from "./look-up.js";
import { reachOf } from "./reach-of.js";
import { hostPort, noUrl, type ServerAddress, serverAddress } from "./server-address.js";
import { type TcpConnect, tcpConnect } from "./tcp-connect.js";

const connectWithinMs = 4_000;
const defaultPort = 7880;
/** A name with more addresses is a cloud's: these will do. */
const mostAddresses = 8;

type Failed = Extract<TcpConnect, { code: string }>;

/** Tries each address of the server. Writes facts.isOpen. */
export async function checkTcp(context: DoctorContext): Promise<CheckResult> {
	const { target, facts, clock } = context;
	const server = serverAddress(target);
	if (!server) return { lines: [], findings: [], skipped: noUrl };
	const addresses = facts.addresses ?? (await addressesOf(clock, server));
	if (addresses.length === 0) {
		facts.isOpen = false;
		return { lines: [], findings: [], skipped: `${server.host} has no address` };
	}
	const { port } = server;
	const tried = await Promise.all(
		addresses
			.slice(0, mostAddresses)
			.map((address) => tcpConnect(context, address, port, connectWithinMs)),
	);
	const failed = tried.filter((one): one is Failed => "code" in one);
	facts.isOpen = failed.length < tried.length;
	const lines = tried.map((one) => line(one, port));
	if (!facts.isOpen) return { lines, findings: [await closed(context, server, failed, lines)] };
	const dead = failed.filter(isTheirFault);
	return { lines, findings: dead.length === 0 ? [] : [deadAddress(server, dead, lines)] };
}

async function addressesOf(clock: DoctorContext["clock"], { host }: ServerAddress) {
	const found = await lookUp(clock, host, connectWithinMs);
	return "addresses" in found ? found.addresses : [];
}

function line(one: TcpConnect, port: number): string {
	const where = `TCP ${hostPort(one.address, port)}`;
	return "code" in one
		? `${where}: ${words[one.code] ?? one.code}`
		: `${where} open, ${one.tookMs.toFixed(1)} ms`;
}

const words: Readonly<Record<string, string>> = {
	ECONNREFUSED: "connection refused",
	TIMEOUT: `no answer within ${connectWithinMs / 1000} s`,
	ETIMEDOUT: "no answer",
	EHOSTUNREACH: "no route to host",
	ENETUNREACH: "no route to its network",
	EADDRNOTAVAIL: "no address of its kind on this machine",
};

/** No IPv6 here, or `localhost` of which the server binds one of two addresses: nobody has to mend that. */
function isTheirFault({ address, code }: Failed): boolean {
	const isOurs = ["EHOSTUNREACH", "ENETUNREACH", "EADDRNOTAVAIL"].includes(code);
	return !isOurs && reachOf(address) !== "loopback";
}

function deadAddress(server: ServerAddress, dead: readonly Failed[], lines: readonly string[]) {
	const where = dead.map(({ address }) => hostPort(address, server.port)).join(", ");
	return {
		...provenWarning,
		id: "tcp.dead-address",
		title: `${server.host} also stands for ${where}, where nobody accepts connections`,
		cause:
			"A client that tries this address first waits for it before it takes another, and some never take another.",
		fix: `Take the address out of the DNS records of ${server.host}, or have LiveKit (or its proxy) listen there.`,
		evidence: lines,
	} satisfies Finding;
}

async function closed(
	context: DoctorContext,
	server: ServerAddress,
	failed: readonly Failed[],
	lines: readonly string[],
): Promise<Finding> {
	const { host, port, shown } = server;
	const where = hostPort(host, port);
	const other = port === defaultPort ? undefined : await atDefaultPort(context, failed);
	const evidence = other === undefined ? lines : [...lines, other];
	const portFix =
		other === undefined
			? ""
			: ` Something listens at LiveKit's default port: try --url ws://${hostPort(host, defaultPort)}.`;
	const implied = server.isPortImplied ? ` (the URL names no port, so ${port} is meant)` : "";
	const codes = new Set(failed.map(({ code }) => code));
	if (codes.has("ECONNREFUSED"))
		return {
			...provenFault,
			id: "tcp.refused",
			title: `nobody listens at ${where}${implied}: the connection is refused`,
			cause:
				"The machine is there, but no program listens at this port: livekit-server is not running (it ends at once on a config that it cannot validate), listens elsewhere (`port`, `bind_addresses`), or a firewall rejects.",
			fix: `Start livekit-server and read the end of its log, or correct the port in --url ${shown}.${portFix}`,
			evidence,
		};
	if (codes.has("TIMEOUT") || codes.has("ETIMEDOUT"))
		return {
			...provenFault,
			id: "tcp.no-answer",
			title: `${where} does not answer${implied}: packets to it get lost`,
			cause:
				"Neither acceptance nor refusal came back: a firewall or security group drops the packets, or the address is that of another machine or of none.",
			fix: `Open TCP port ${port} towards ${host} (cloud security group, host firewall), or correct the address.${portFix}`,
			evidence,
		};
	return {
		...provenFault,
		id: "tcp.unreachable",
		title: `there is no route to ${where}`,
		cause:
			"This machine cannot reach the server's network at all: an address of a private network without its VPN, or IPv6 alone where there is none.",
		fix: `Check the address of ${host} and this machine's routes (VPN, \`ip route get ${failed[0]?.address ?? host}\`).${portFix}`,
		evidence,
	};
}

/** People forget the port more often than anything else. */
async function atDefaultPort(
	context: DoctorContext,
	failed: readonly Failed[],
): Promise<string | undefined> {
	const address = failed[0]?.address;
	if (address === undefined) return undefined;
	const one = await tcpConnect(context, address, defaultPort, 1_000);
	return "code" in one ? undefined : line(one, defaultPort);
}
