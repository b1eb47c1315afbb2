import { provenFault } from "../certainty.js";
import type { CheckResult } from "../check.js";
import type { DoctorContext } from "../context.js";
import type { Finding } from "../finding.js";
import { lookUp } from "./look-up.js";
import { reachOf } from "./reach-of.js";
import { noUrl, type ServerAddress, serverAddress } from "./server-address.js";

const lookUpWithinMs = 5_000;

/** Writes facts.addresses. */
export async function checkDns({ target, facts, clock }: DoctorContext): Promise<CheckResult> {
	const server = serverAddress(target);
	if (!server) return { lines: [], findings: [], skipped: noUrl };
	const { host, isName } = server;
	if (!isName) {
		facts.addresses = [host];
		return { lines: [`${host} is an address, there is no name to look up`], findings: [] };
	}
	const startMs = clock.nowMs();
	const found = await lookUp(clock, host, lookUpWithinMs);
	const tookMs = Math.round(clock.nowMs() - startMs);
	if ("addresses" in found) {
		facts.addresses = found.addresses;
		return { lines: [`${host} is ${described(found.addresses)}, ${tookMs} ms`], findings: [] };
	}
	facts.addresses = [];
	const tried = `looked up ${host}: ${found.code} after ${tookMs} ms`;
	const finding = found.code === "ENOTFOUND" ? unknown(server, tried) : failed(server, tried);
	return { lines: [tried], findings: [finding] };
}

/** A name with private addresses alone is told, not judged: on a closed network it is as it should be. */
function described(addresses: readonly string[]): string {
	const scopes = addresses.map(reachOf);
	const note = scopes.includes("public") ? "" : ` (no public address: ${scopes.join(", ")})`;
	return `${addresses.join(", ")}${note}`;
}

function unknown({ host, shown }: ServerAddress, tried: string): Finding {
	const isScheme = /^(wss?|https?)$/.test(host);
	return {
		...provenFault,
		id: "dns.unknown-host",
		title: `no name server knows the host ${host}`,
		cause: isScheme
			? `The URL has its scheme twice, so that "${host}" is taken for the host.`
			: "Without an address no connection to LiveKit is even tried.",
		fix: isScheme
			? "Give the URL with one scheme, as in --url wss://livekit.example.org"
			: `Correct the host in --url ${shown}, or add an A or AAAA record for ${host}; inside a private network, ask its own name server (VPN, /etc/resolv.conf).`,
		evidence: [tried],
	};
}

function failed({ host }: ServerAddress, tried: string): Finding {
	return {
		...provenFault,
		id: "dns.lookup-failed",
		title: `the name ${host} cannot be looked up: the name server does not answer`,
		cause:
			"The resolver of this machine got no answer (no network, SERVFAIL, a dead name server), so there is no address to connect to.",
		fix: `Check this machine's network and /etc/resolv.conf, and the zone of ${host} (\`dig ${host}\`).`,
		evidence: [tried],
	};
}
