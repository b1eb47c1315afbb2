import { likelyFault, provenFault, provenWarning } from "../certainty.js";
import type { Finding } from "../finding.js";
import type { Handshake } from "./tls-handshake.js";

const dayMs = 86_400_000;
/** Nobody is warned of short-lived certificates (some last six days) before a tenth of their life is left. */
const soonShare = 0.1;
const soonMs = 7 * dayMs;

/**
 * What is wrong with a server's certificate; none for one that clients trust.
 * @param where "wss://host:port", as the user gave it
 */
export function certificateFindings(shown: Handshake, where: string, nowMs: number): Finding[] {
	const { certificate, nameError } = shown;
	const evidence = [
		`certificate of ${certificate.names}, issued by ${certificate.issuer}`,
		`valid from ${day(certificate.validFromMs)} to ${day(certificate.validToMs)}; this machine's clock: ${day(nowMs)}`,
		...(shown.chainCode === undefined ? [] : [`verification: ${shown.chainCode}`]),
	];
	const found = [
		dateFinding(shown, nowMs, where),
		chainFinding(shown, where),
		nameError === undefined ? undefined : nameFinding(shown, where),
		soonFinding(shown, nowMs),
	];
	return found.flatMap((one) => (one === undefined ? [] : [{ ...one, evidence }]));
}

type Wrong = Omit<Finding, "evidence">;

const refused = "Browsers and LiveKit's SDKs refuse it, so that nobody joins.";

function dateFinding({ certificate, chainCode }: Handshake, nowMs: number, where: string) {
	const { validFromMs, validToMs } = certificate;
	if (nowMs > validToMs || chainCode === "CERT_HAS_EXPIRED") {
		const isLeaf = nowMs > validToMs;
		return {
			...provenFault,
			id: "tls.expired",
			title: isLeaf
				? `the certificate of ${where} expired on ${day(validToMs)}`
				: `a CA certificate that ${where} sends has expired`,
			cause: refused,
			fix: isLeaf
				? "Renew the certificate (certbot renew, or your CA) and reload whatever ends TLS (proxy, load balancer): a renewed file alone is not read again."
				: "Send the chain that the CA hands out today (fullchain.pem).",
		} satisfies Wrong;
	}
	if (nowMs < validFromMs || chainCode === "CERT_NOT_YET_VALID")
		return {
			...provenFault,
			id: "tls.not-yet-valid",
			title: `the certificate of ${where} is valid only from ${day(validFromMs)}`,
			cause: `${refused} Either it is made for later, or this machine's clock (${day(nowMs)}) is behind.`,
			fix: "Set this machine's clock (NTP), or install a certificate that is valid now.",
		} satisfies Wrong;
	return undefined;
}

function chainFinding({ chainCode, certificate }: Handshake, where: string): Wrong | undefined {
	switch (chainCode) {
		case undefined:
		case "CERT_HAS_EXPIRED":
		case "CERT_NOT_YET_VALID":
			return undefined;
		case "DEPTH_ZERO_SELF_SIGNED_CERT":
			return {
				...provenFault,
				id: "tls.self-signed",
				title: `the certificate of ${where} is self-signed`,
				cause: refused,
				fix: "Install a certificate of a public CA (Let's Encrypt), or, on a closed network, trust this one on every client; for livesoak: --ca cert.pem.",
			};
		case "UNABLE_TO_VERIFY_LEAF_SIGNATURE":
			if (certificate.namesIssuerUrl)
				return {
					...likelyFault,
					id: "tls.incomplete-chain",
					title: `${where} sends its certificate without the intermediate one of ${certificate.issuer}`,
					cause:
						"Clients know the CA's root, not its intermediate certificate: some browsers fetch it, SDKs do not.",
					fix: "Configure the whole chain (fullchain.pem instead of cert.pem) where TLS ends.",
				};
			break;
		default:
	}
	return {
		...provenFault,
		id: "tls.unknown-ca",
		title: `the certificate of ${where} is signed by ${certificate.issuer}, a CA that is not trusted here`,
		cause: refused,
		fix: "For a private CA: trust it on every client, and give it to livesoak with --ca ca.pem. Otherwise install a certificate of a public CA.",
	};
}

function nameFinding({ certificate, nameError }: Handshake, where: string): Wrong {
	return {
		...provenFault,
		id: "tls.wrong-name",
		title: `the certificate of ${where} is for ${certificate.names}`,
		cause: `${refused} ${nameError ?? ""}`.trim(),
		fix: "Use a URL with one of the certificate's names, or have one made for this name.",
	};
}

function soonFinding({ certificate }: Handshake, nowMs: number): Wrong | undefined {
	const { validFromMs, validToMs } = certificate;
	const leftMs = validToMs - nowMs;
	const boundMs = Math.min(soonMs, (validToMs - validFromMs) * soonShare);
	if (leftMs <= 0 || leftMs > boundMs) return undefined;
	return {
		...provenWarning,
		id: "tls.expires-soon",
		title: `the certificate expires in ${Math.floor(leftMs / 3_600_000)} h, on ${day(validToMs)}`,
		cause: "From then on nobody joins; renewal should have happened by now.",
		fix: "Look why it was not renewed (certbot renew --dry-run), and reload whatever ends TLS.",
	};
}

function day(ms: number): string {
	return new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");
}
