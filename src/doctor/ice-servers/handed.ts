import { redact } from "../../error/redact.js";
import type { HandedIceServer } from "../context.js";

/** Who handed it out, for evidence. */
export const sourceNames: Readonly<Record<HandedIceServer["from"], string>> = {
	server: "JoinResponse",
	service: "--turn-url",
	flag: "--turn",
};

/** Where it is changed. */
export const sourceFixes: Readonly<Record<HandedIceServer["from"], string>> = {
	server: "in livekit.yaml (rtc.stun_servers, rtc.turn_servers)",
	service: "in the answer of the credential service",
	flag: "in --turn",
};

/** One URI as it was handed out, nothing trusted. */
export interface HandedUri {
	readonly text: string;
	readonly from: HandedIceServer["from"];
}

export function urisOf(servers: readonly HandedIceServer[]): HandedUri[] {
	return servers.flatMap(({ urls, from }) => urls.map((text) => ({ text, from })));
}

/** A URI fit to be shown: without credentials that stand in it, and not endless. */
export function shownUri(text: string): string {
	const at = text.lastIndexOf("@");
	const bare = at < 0 ? text : `…${text.slice(at)}`;
	return redact(bare.length > 100 ? `${bare.slice(0, 100)}…` : bare);
}

/** "JoinResponse: stun:192.0.2.7:3478" */
export function uriLine({ text, from }: HandedUri): string {
	return `${sourceNames[from]}: ${shownUri(text)}`;
}

/** "`a`", "`a` and 2 more" */
export function firstOf(uris: readonly HandedUri[]): string {
	const first = `\`${shownUri(uris[0]?.text ?? "")}\``;
	return uris.length > 1 ? `${first} and ${uris.length - 1} more` : first;
}
