import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { within } from "../../clock/within.js";
import { parseIceUri } from "../../ice/uri.js";
import type { DoctorContext, DoctorFacts } from "../context.js";
import { isLoopback, isPrivate } from "./address.js";
import type { LintFacts, MachineFacts } from "./lint-facts.js";
import { LiveKitConfig } from "./livekit/livekit-config.js";
import { nodeAddresses } from "./livekit/node-ip.js";
import { thisMachine } from "./machine.js";
import type { ConfigText } from "./read-config.js";

const resolveBoundMs = 2_000;

/**
 * What the rules may know, from the target, from the checks before, from DNS and from this machine.
 * @param livekit the livekit.yaml, if one is given: it tells what a TURN server has to relay to
 */
export async function gatherFacts(
	{ target, facts, clock }: DoctorContext,
	livekit: ConfigText | undefined,
): Promise<Omit<LintFacts, "fileName" | "machine"> & { readonly here: Here }> {
	const resolve = (host: string) =>
		addressesOf(host, (promise) => within(clock, resolveBoundMs, promise));
	const handed = facts.iceServers?.flatMap(({ urls }) => urls);
	const answers = serverAnswers(facts);
	const turnUris = target.turn === undefined ? (handed ?? []) : [target.turn.uri];
	const serverAddresses =
		facts.addresses ?? (target.url === undefined ? [] : await resolve(target.url.hostname));
	const turnAddresses = await Promise.all(turnHosts(turnUris).map(resolve));
	const here = { ...(await thisMachine()), isLocal };
	const sfuAddresses = sfuAddressesOf(livekit, serverAddresses);
	return {
		participants: target.participants,
		nowMs: clock.nowMs(),
		serverAddresses,
		turnAddresses: turnAddresses.flat(),
		sfuAddresses,
		here,
		...(target.url && { url: target.url }),
		...(target.apiKey === undefined ? {} : { apiKey: target.apiKey }),
		...(target.apiSecret === undefined ? {} : { apiSecret: target.apiSecret }),
		...(target.turn && { turn: target.turn }),
		...(answers === undefined ? {} : { serverAnswers: answers }),
		...(facts.join?.serverInfo && { serverVersion: facts.join.serverInfo.version }),
		...(handed && { iceUris: handed }),
		// The STUN part of a TURN server may work where its relay does not.
		relays: [
			...(facts.stunServers ?? []).filter(({ uri }) => !uri.startsWith("turn")),
			...(facts.relays ?? []),
		],
	};
}

function serverAnswers({ join, refusal, isLiveKit, isOpen }: DoctorFacts): boolean | undefined {
	if (join || refusal || isLiveKit) return true;
	// A port that is open may be somebody else's.
	return isOpen === false ? false : undefined;
}

export interface Here extends MachineFacts {
	/** Whether a server with these addresses is this machine. Unknown ones (no URL was given) count as here. */
	isLocal(serverAddresses: readonly string[]): boolean;
}

function isLocal(this: MachineFacts, serverAddresses: readonly string[]): boolean {
	if (serverAddresses.length === 0) return true;
	return serverAddresses.some((one) => isLoopback(one) || this.addresses.includes(one));
}

async function addressesOf(
	host: string,
	bounded: <T>(promise: Promise<T>) => Promise<T | undefined>,
): Promise<readonly string[]> {
	const bare = host.replace(/^\[|\]$/g, "");
	if (isIP(bare) !== 0) return [bare];
	const found = await bounded(lookup(bare, { all: true }).catch(() => []));
	return (found ?? []).map(({ address }) => address);
}

function turnHosts(uris: readonly string[]): readonly string[] {
	const hosts = uris.flatMap((text) => {
		try {
			const { scheme, host } = parseIceUri(text);
			return scheme.startsWith("turn") ? [host] : [];
		} catch {
			return [];
		}
	});
	return [...new Set(hosts)];
}

/** From node_ip where it counts; else a private server address, as the LiveKit server is then no load balancer. */
function sfuAddressesOf(
	livekit: ConfigText | undefined,
	serverAddresses: readonly string[],
): readonly string[] {
	if (livekit === undefined)
		return serverAddresses.filter((address) => isPrivate(address) && !isLoopback(address));
	const config = new LiveKitConfig(livekit.text, livekit.fileName);
	return config.flag(["rtc", "use_external_ip"]) ? [] : nodeAddresses(config);
}
