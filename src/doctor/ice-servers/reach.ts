import { isIP } from "node:net";
import { type IceUri, parseIceUri } from "../../ice/uri.js";
import { stunAnswers } from "../../turn/stun-answer.js";
import { provenFault, provenWarning } from "../certainty.js";
import type { DoctorContext } from "../context.js";
import type { Finding } from "../finding.js";
import { lookUp } from "../network/look-up.js";
import { isTurn } from "./credentials.js";
import { firstOf, type HandedUri, sourceFixes, uriLine } from "./handed.js";
import { isPublicStun } from "./public-stun.js";

const lookUpWithinMs = 3_000;
/** A first question, and a second one to whoever did not answer: one lost packet proves nothing. */
const answerWithinMs = [1_000, 1_500];

/** Names that nobody knows, and public STUN servers that a closed network cannot reach. @param uris well-formed */
export async function reachFindings(
	context: Pick<DoctorContext, "clock">,
	uris: readonly HandedUri[],
): Promise<Finding[]> {
	const isPublic = ({ text }: HandedUri) => !isTurn(text) && isPublicStun(parseIceUri(text).host);
	const [unknown, unreachable] = await Promise.all([
		unknownHosts(
			context,
			uris.filter((uri) => !isPublic(uri)),
		),
		closedNetwork(uris.filter(isPublic)),
	]);
	return [...unknown, ...unreachable];
}

async function unknownHosts(
	{ clock }: Pick<DoctorContext, "clock">,
	uris: readonly HandedUri[],
): Promise<Finding[]> {
	const hosts = new Set(uris.map(({ text }) => parseIceUri(text).host));
	const named = [...hosts].filter((host) => isIP(host) === 0);
	const codes = new Map<string, string>();
	await Promise.all(
		named.map(async (host) => {
			const found = await lookUp(clock, host, lookUpWithinMs);
			if ("code" in found) codes.set(host, found.code);
		}),
	);
	const lost = uris.filter(({ text }) => codes.has(parseIceUri(text).host));
	const first = lost.find(({ text }) => isTurn(text)) ?? lost[0];
	if (first === undefined) return [];
	return [
		{
			...(isTurn(first.text) ? provenFault : provenWarning),
			id: "ice-servers.unknown-host",
			title: `the name of ICE server ${firstOf([first, ...lost.filter((uri) => uri !== first)])} cannot be looked up`,
			cause: isTurn(first.text)
				? "Without an address there is no relay from it: whoever needs one hears nothing."
				: "It tells nobody a public address, and gathering waits for the look-up.",
			fix: `Correct the host ${sourceFixes[first.from]}, or add its A or AAAA record.`,
			evidence: lost.map((uri) => `${uriLine(uri)}: ${codes.get(parseIceUri(uri.text).host)}`),
		},
	];
}

/** Where one of them answers the network is open, and a dead one beside it costs little. */
async function closedNetwork(uris: readonly HandedUri[]): Promise<Finding[]> {
	const first = uris[0];
	if (first === undefined) return [];
	const parsed = uris.map(({ text }) => parseIceUri(text));
	for (const withinMs of answerWithinMs) if (await anyAnswers(parsed, withinMs)) return [];
	const isDefault = first.from === "server";
	return [
		{
			...provenWarning,
			id: "ice-servers.public-stun-unreachable",
			title: `public STUN ${firstOf(uris)} is handed out, and cannot be reached from here`,
			cause: `On a closed network every client waits for it while gathering, and gets no server-reflexive candidate.${isDefault ? " livekit-server hands out public STUN also where rtc.stun_servers is absent or []." : ""}`,
			fix: isDefault
				? "Set rtc.stun_servers in livekit.yaml to a STUN server of this network, as host:port (coturn is one), or let UDP out to these."
				: `Name a STUN server of this network ${sourceFixes[first.from]}, or none.`,
			evidence: uris.map((uri) => `${uriLine(uri)}: no answer to a Binding request over UDP`),
		},
	];
}

async function anyAnswers(uris: readonly IceUri[], withinMs: number): Promise<boolean> {
	const answers = await Promise.all(
		uris.map(({ host, port }) => stunAnswers(host, port, withinMs)),
	);
	return answers.some(Boolean);
}
