import { provenFault } from "../certainty.js";
import type { CheckResult } from "../check.js";
import type { DoctorContext } from "../context.js";
import type { Finding } from "../finding.js";
import { certificateFindings } from "./certificate.js";
import { type HttpAnswer, httpGet, quoted } from "./http-answer.js";
import { hostPort, noUrl, type ServerAddress, serverAddress } from "./server-address.js";
import { type Handshake, type NoHandshake, tlsHandshake } from "./tls-handshake.js";

const handshakeWithinMs = 4_000;
const probeWithinMs = 2_000;

/** Whether the port speaks what the URL's scheme says, and a certificate that clients trust. Writes facts.tls. */
export async function checkTls(context: DoctorContext): Promise<CheckResult> {
	const { target, facts } = context;
	const server = serverAddress(target);
	if (!server) return { lines: [], findings: [], skipped: noUrl };
	if (facts.isOpen === false)
		return { lines: [], findings: [], skipped: `no TCP connection to ${server.host}` };
	return server.isTls ? secured(context, server) : plain(context, server);
}

async function secured(context: DoctorContext, server: ServerAddress): Promise<CheckResult> {
	const { facts, clock } = context;
	const result = await shake(context, server, handshakeWithinMs);
	if ("code" in result) {
		facts.tls = "failed";
		const finding = await failed(context, server, result);
		return { lines: finding.evidence, findings: [finding] };
	}
	const findings = certificateFindings(result, server.shown, clock.nowMs());
	facts.tls = findings.some(({ severity }) => severity === "fault") ? "untrusted" : "trusted";
	return { lines: [described(result)], findings };
}

async function plain(context: DoctorContext, server: ServerAddress): Promise<CheckResult> {
	const { facts } = context;
	const answer = await plainGet(context, server);
	facts.tls = "none";
	// Go's server and nginx say 400 to plain HTTP on a TLS port; others hang up.
	if ("status" in answer && answer.status !== 400)
		return { lines: ["plain HTTP, as the URL says"], findings: [] };
	const result = await shake(context, server, probeWithinMs);
	if ("code" in result) return { lines: ["no TLS, as the URL says"], findings: [] };
	facts.tls = "failed";
	const evidence = [
		`GET over plain HTTP: ${"status" in answer ? quoted(answer) : answer.words}`,
		`${described(result)}`,
	];
	const finding: Finding = {
		...provenFault,
		id: "tls.needs-wss",
		title: `port ${server.port} of ${server.host} speaks TLS, but the URL says ws://`,
		cause: "What a client sends unencrypted is refused there, so no WebSocket comes to be.",
		fix: `Use --url ${server.shown.replace(/^ws:/, "wss:")} (and the same in the application).`,
		evidence,
	};
	return { lines: evidence, findings: [finding] };
}

function shake(context: DoctorContext, server: ServerAddress, boundMs: number, old = false) {
	const { host, port } = server;
	return tlsHandshake(context, { host, port, old, caPem: context.target.caPem }, boundMs);
}

function plainGet(context: DoctorContext, { host, port }: ServerAddress) {
	return httpGet(
		context,
		{ url: `http://${hostPort(host, port)}/`, insecure: true },
		probeWithinMs,
	);
}

function described({ protocol, tookMs, certificate }: Handshake): string {
	return `${protocol}, certificate of ${certificate.names} by ${certificate.issuer}, ${tookMs.toFixed(0)} ms`;
}

/** Why there was no handshake: by what the port speaks instead. */
async function failed(
	context: DoctorContext,
	server: ServerAddress,
	{ code, words }: NoHandshake,
): Promise<Finding> {
	const where = hostPort(server.host, server.port);
	const tried = `TLS with ${where}: ${/^ERR_SSL/.test(code) ? code : `${words} (${code})`}`;
	if (code === "TIMEOUT")
		return {
			...provenFault,
			id: "tls.no-answer",
			title: `${where} takes the connection and never answers the TLS handshake`,
			cause:
				"Something accepts TCP there (a load balancer without a healthy backend, a hung proxy) and says nothing.",
			fix: "Look at the proxy or load balancer in front of LiveKit: its backends and its log.",
			evidence: [tried],
		};
	const answer = await plainGet(context, server);
	if ("status" in answer && !isHttpOnTlsPort(answer))
		return {
			...provenFault,
			id: "tls.plain-http",
			title: `port ${server.port} of ${server.host} speaks plain HTTP, but the URL says wss://`,
			cause:
				"livekit-server itself has no TLS: a wss:// URL needs a proxy that ends TLS in front of it, at that proxy's port.",
			fix: `Use --url ${server.shown.replace(/^wss:/, "ws:")}, or for wss:// name the proxy's port (443 usually). Browsers allow ws:// on localhost only.`,
			evidence: [tried, `GET over plain HTTP: ${quoted(answer)}`],
		};
	const isVersion = /UNSUPPORTED_PROTOCOL|PROTOCOL_VERSION|LEGACY/.test(code);
	const old = isVersion ? await shake(context, server, probeWithinMs, true) : undefined;
	if (old && "protocol" in old)
		return {
			...provenFault,
			id: "tls.old-protocol",
			title: `${where} speaks nothing newer than ${old.protocol}`,
			cause:
				"Browsers and SDKs want TLS 1.2 at least (RFC 8996 retired what is older), so nobody connects.",
			fix: "Allow TLS 1.2 and 1.3 where TLS ends (nginx: ssl_protocols TLSv1.2 TLSv1.3).",
			evidence: [tried, described(old)],
		};
	return {
		...provenFault,
		id: "tls.handshake-failed",
		title: `the TLS handshake with ${where} fails: ${code}`,
		cause:
			"The port answers, but no TLS session comes about: it speaks something else, wants a client certificate, has no certificate for this name, or shares no cipher with clients.",
		fix: `Look with \`openssl s_client -connect ${where} -servername ${server.host}\` and at the log of whatever ends TLS there.`,
		evidence: [tried],
	};
}

/** A TLS port says so to those who speak plain HTTP to it. */
function isHttpOnTlsPort({ status, text }: HttpAnswer): boolean {
	return status === 400 && /https|ssl|tls/i.test(text);
}
