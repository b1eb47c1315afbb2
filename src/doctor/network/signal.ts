import type { JoinResponse } from "@livekit/protocol";
import { signalUrl } from "../../engine/lite/signal/signal-url.js";
import { packageVersion } from "../../engine/package-version.js";
import { likelyWarning } from "../certainty.js";
import type { CheckResult } from "../check.js";
import type { DoctorContext } from "../context.js";
import type { Finding } from "../finding.js";
import { httpGet, quoted } from "./http-answer.js";
import { refusalFinding } from "./refusal-finding.js";
import { noUrl, type ServerAddress, serverAddress } from "./server-address.js";
import { type SignallingEnd, tryToJoin } from "./signalling.js";
import { signallingFinding } from "./signalling-finding.js";
import { authorities } from "./tls-handshake.js";

const validateWithinMs = 4_000;
const joinWithinMs = 8_000;
const pongWithinMs = 2_000;
const pings = 3;

/**
 * Joins by WebSocket with the first token, pings, and leaves again. The token goes to a server alone that has shown
 * itself as LiveKit, with a certificate that is trusted where there is one. Writes facts.join or facts.refusal.
 */
export async function checkSignal(context: DoctorContext): Promise<CheckResult> {
	const server = serverAddress(context.target);
	const skipped = server ? reasonToSkip(context, server) : noUrl;
	const token = context.facts.tokens?.[0]?.text;
	if (!server || skipped !== undefined || token === undefined)
		return { lines: [], findings: [], skipped: skipped ?? "no token to join with" };
	const asked = await askWhetherValid(context, server, token);
	if (asked.findings.length > 0) return asked;
	const joined = await join(context, server, token);
	return { lines: [...asked.lines, ...joined.lines], findings: joined.findings };
}

function reasonToSkip({ facts }: DoctorContext, { host }: ServerAddress): string | undefined {
	if (facts.isOpen === false) return `no TCP connection to ${host}`;
	if (facts.tls === "untrusted")
		return "no token is sent to a server without a trusted certificate";
	if (facts.tls === "failed" || facts.isLiveKit === false) return `no LiveKit answers at ${host}`;
	return undefined;
}

/** LiveKit's word on the token, which browsers cannot see in a refused upgrade. */
async function askWhetherValid(
	context: DoctorContext,
	server: ServerAddress,
	token: string,
): Promise<CheckResult> {
	const { target, facts } = context;
	const url = `${server.httpBase}/rtc/validate`;
	const headers = { authorization: `Bearer ${token}` };
	const order = { url, headers, insecure: false, caPem: target.caPem };
	const answer = await httpGet(context, order, validateWithinMs);
	// What else may be wrong with it the upgrade shows, too.
	if (!("status" in answer)) return { lines: [`/rtc/validate: ${answer.words}`], findings: [] };
	const evidence = [`/rtc/validate with the token: ${quoted(answer)}`];
	const refusal = { status: answer.status, text: answer.text, apiKey: target.apiKey };
	const found = answer.status < 400 ? undefined : refusalFinding(refusal);
	if (!found) return { lines: evidence, findings: [] };
	facts.refusal = { status: answer.status, text: answer.text };
	return { lines: evidence, findings: [{ ...found, evidence }] };
}

async function join(
	context: DoctorContext,
	server: ServerAddress,
	token: string,
): Promise<CheckResult> {
	const { target, facts } = context;
	const clientVersion = packageVersion("livesoak", import.meta.url);
	const end = await tryToJoin(context, {
		url: signalUrl({ url: server.httpBase, autoSubscribe: false, clientVersion }),
		token,
		ca: authorities(target.caPem),
		...{ pings, boundMs: joinWithinMs, pongWithinMs },
	});
	if (end.kind === "joined") {
		facts.join = end.join;
		const pong = end.rttsMs.length === 0 ? noPong() : undefined;
		return { lines: joinedLines(end), findings: pong ? [pong] : [] };
	}
	const evidence = [`WebSocket ${server.shown}/rtc: ${described(end)}`];
	facts.refusal = {
		...(end.kind === "no-upgrade" ? { status: end.status } : {}),
		text: described(end),
	};
	return { lines: evidence, findings: [{ ...signallingFinding(end, target.apiKey), evidence }] };
}

function joinedLines(end: Extract<SignallingEnd, { kind: "joined" }>): string[] {
	const { join, socketMs, joinMs, rttsMs } = end;
	const ping =
		rttsMs.length === 0
			? "no pong"
			: `ping ${Math.min(...rttsMs).toFixed(1)} ms (best of ${rttsMs.length})`;
	return [
		`WebSocket open after ${socketMs.toFixed(0)} ms, joined after ${joinMs.toFixed(0)} ms, ${ping}`,
		serverLine(join),
	];
}

function serverLine({ serverInfo, serverVersion }: JoinResponse): string {
	const version = serverInfo?.version || serverVersion || "of unknown version";
	const region = serverInfo?.region ? `, region ${serverInfo.region}` : "";
	return `livekit-server ${version}, protocol ${serverInfo?.protocol ?? "unknown"}${region}`;
}

function noPong(): Finding {
	return {
		...likelyWarning,
		id: "signal.no-pong",
		title: `LiveKit does not answer a ping on the WebSocket within ${pongWithinMs / 1000} s`,
		cause:
			"The join came through, what follows does not: a proxy buffers frames, or the server is overloaded. Clients give the session up after their ping timeout.",
		fix: "Switch the proxy's buffering off for /rtc and look at the server's CPU.",
		evidence: [`a ping after the JoinResponse: no pong within ${pongWithinMs} ms`],
	};
}

function described(end: Exclude<SignallingEnd, { kind: "joined" }>): string {
	switch (end.kind) {
		case "no-upgrade": {
			const { status, server, text } = end;
			const headers = server === undefined ? {} : { server };
			return quoted({ status, headers, text });
		}
		case "failed":
			return `${end.words} (${end.code})`;
		case "closed":
			return `closed with code ${end.code}${end.reason === "" ? "" : `: ${end.reason}`}`;
		case "silent":
			return `open, no JoinResponse within ${joinWithinMs / 1000} s`;
		case "sent-away":
			return "a LeaveRequest in place of the JoinResponse";
		case "not-livekit":
			return "a frame that is no SignalResponse";
	}
}
