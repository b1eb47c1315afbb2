import { provenFault } from "../certainty.js";
import type { DoctorContext, HandedIceServer } from "../context.js";
import type { Finding } from "../finding.js";
import { httpGet, quoted } from "../network/http-answer.js";
import { readServiceAnswer } from "./read-answer.js";

const answerWithinMs = 5_000;

export type FromService =
	| { readonly servers: readonly HandedIceServer[] }
	| { readonly finding: Finding };

/** One GET to the credential service, as an application's clients do. */
export async function askService(context: DoctorContext, serviceUrl: URL): Promise<FromService> {
	const url = new URL(serviceUrl);
	const headers: Record<string, string> = { accept: "application/json" };
	if (url.username !== "" || url.password !== "") {
		const user = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
		headers.authorization = `Basic ${Buffer.from(user).toString("base64")}`;
		url.username = "";
		url.password = "";
	}
	const name = `GET ${url.origin}${url.pathname}`;
	const order = { url: url.href, headers, insecure: false, caPem: context.target.caPem };
	const answer = await httpGet(context, order, answerWithinMs);
	if (!("status" in answer))
		return failed(
			"ice-servers.service-unreachable",
			`the credential service does not answer: ${answer.words}`,
			"Start the service, or correct --turn-url (host, port, certificate).",
			`${name}: ${answer.words}`,
		);
	const { status } = answer;
	if (status === 401 || status === 403)
		return failed(
			"ice-servers.service-refused",
			`the credential service refuses to hand out ICE servers (HTTP ${status})`,
			"Let the application's clients ask without a login, or put one into --turn-url (https://USER:PASSWORD@…).",
			`${name}: ${quoted(answer)}`,
		);
	if (status < 200 || status > 299) {
		const to = status < 400 ? "; it redirects, which not every client follows" : "";
		return failed(
			"ice-servers.service-failed",
			`the credential service answers HTTP ${status}${to}`,
			"Correct the path in --turn-url, or read the service's log.",
			`${name}: ${quoted(answer)}`,
		);
	}
	const servers = readServiceAnswer(parsed(answer.body));
	// What it did answer is not quoted: it may hold a password.
	const type = answer.headers["content-type"] ?? "no content type";
	if (servers === undefined)
		return failed(
			"ice-servers.service-not-json",
			`the credential service answers ${type} that is no JSON object or list`,
			'Answer JSON: {"iceServers": [{"urls": ["turn:HOST:3478?transport=udp"], "username": …, "credential": …}]}.',
			`${name}: HTTP ${status}, ${answer.body.length} characters of ${type}`,
		);
	if (servers.length === 0)
		return failed(
			"ice-servers.service-empty",
			"the credential service hands out no ICE server",
			'Name them in "urls" (or "uris") of each entry of "iceServers".',
			`${name}: HTTP ${status}, JSON without a URI in it`,
		);
	return { servers };
}

function failed(
	id: `ice-servers.${string}`,
	title: string,
	fix: string,
	evidence: string,
): { finding: Finding } {
	const cause =
		"Clients that get no ICE servers from it have no relay: whoever needs one hears nothing.";
	return { finding: { ...provenFault, ...{ id, title, cause, fix }, evidence: [evidence] } };
}

function parsed(body: string): unknown {
	try {
		return JSON.parse(body);
	} catch {
		return undefined;
	}
}
