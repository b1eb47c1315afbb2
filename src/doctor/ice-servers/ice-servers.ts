import { restCredentials } from "../../ice/turn-credentials.js";
import { formatIceUri, parseIceUri } from "../../ice/uri.js";
import { likelyWarning } from "../certainty.js";
import type { CheckResult } from "../check.js";
import type { DoctorContext, DoctorTarget, HandedIceServer } from "../context.js";
import type { Finding } from "../finding.js";
import { credentialFindings, expiryOf, isTurn } from "./credentials.js";
import { doubledUris } from "./doubled.js";
import { shownUri, sourceNames, urisOf } from "./handed.js";
import { reachFindings } from "./reach.js";
import { askService } from "./service.js";
import { tlsPortFindings } from "./tls-port.js";
import { transportFindings } from "./transports.js";
import { isWellFormed, malformedUris } from "./uri-findings.js";

const flagTtlMs = 3_600_000;

/** ICE servers of the JoinResponse, --turn-url and --turn. Writes facts.iceServers: what of them can be used. */
export async function checkIceServers(context: DoctorContext): Promise<CheckResult> {
	const { target, facts, clock } = context;
	const service =
		target.turnUrl === undefined ? undefined : await askService(context, target.turnUrl);
	const fromService = service !== undefined && "servers" in service ? service.servers : [];
	const handed: HandedIceServer[] = [
		...fromJoin(context),
		...fromService,
		...fromFlag(target, clock.nowMs()),
	];
	const failed = service !== undefined && "finding" in service ? [service.finding] : [];
	facts.iceServers = usable(handed);
	if (handed.length === 0 && failed.length === 0)
		return { lines: [], findings: [], skipped: "no ICE server was handed out" };
	const wellFormed = handed.map((server) => ({
		...server,
		urls: server.urls.filter(isWellFormed),
	}));
	const uris = urisOf(wellFormed);
	const [reach, ports] = await Promise.all([
		reachFindings(context, uris),
		tlsPortFindings(context, uris),
	]);
	const clocks = { nowMs: clock.nowMs(), offsetMs: facts.clockOffsetMs };
	const findings: Finding[] = [
		...failed,
		...malformedUris(urisOf(handed)),
		...credentialFindings(wellFormed, clocks),
		...ports,
		...reach,
		...doubledUris(uris),
		...transportFindings(uris),
		...withoutTurn(fromService),
	];
	return { lines: [...failed.flatMap(({ evidence }) => evidence), ...handed.map(line)], findings };
}

function fromJoin({ facts }: DoctorContext): HandedIceServer[] {
	return (facts.join?.iceServers ?? []).map(({ urls, username, credential }) => ({
		...{ urls, username },
		password: credential,
		from: "server",
	}));
}

function fromFlag({ turn }: DoctorTarget, nowMs: number): HandedIceServer[] {
	if (turn === undefined) return [];
	const { uri, secret, username = "", password = "" } = turn;
	const credentials =
		secret === undefined || secret === ""
			? { username, password }
			: restCredentials({ secret, name: "livesoak-doctor", ttlMs: flagTtlMs, nowMs });
	return [{ urls: [uri], ...credentials, from: "flag" }];
}

/** Well-formed URIs, each once, and TURN with credentials alone: nothing else can be tried. */
function usable(handed: readonly HandedIceServer[]): HandedIceServer[] {
	const seen = new Set<string>();
	return handed.flatMap((server) => {
		const { username, password } = server;
		const hasCredentials = username !== "" && password !== "";
		const urls = server.urls.filter((text) => {
			if (!isWellFormed(text) || (isTurn(text) && !hasCredentials)) return false;
			const key = `${formatIceUri(parseIceUri(text))} ${username} ${password}`;
			return !seen.has(key) && seen.add(key);
		});
		return urls.length === 0 ? [] : [{ ...server, urls }];
	});
}

function line({ urls, username, from }: HandedIceServer): string {
	const expiryMs = expiryOf(username);
	const until =
		expiryMs === undefined ? "" : `, until ${new Date(expiryMs).toISOString().slice(0, 19)}Z`;
	const credentials = username === "" ? "no credentials" : `with credentials${until}`;
	return `${sourceNames[from]}: ${urls.map(shownUri).join(", ")} (${credentials})`;
}

function withoutTurn(fromService: readonly HandedIceServer[]): Finding[] {
	if (fromService.length === 0 || urisOf(fromService).some(({ text }) => isTurn(text))) return [];
	return [
		{
			...likelyWarning,
			id: "ice-servers.no-turn",
			title: "the credential service hands out no TURN server",
			cause: "Whoever cannot reach LiveKit's ports directly needs a relay, and has none.",
			fix: "Add turn: URIs with a user name and a password to its answer.",
			evidence: fromService.map(line),
		},
	];
}
