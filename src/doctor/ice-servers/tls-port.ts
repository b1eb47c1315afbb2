import { connect } from "node:net";
import { type IceUri, parseIceUri } from "../../ice/uri.js";
import { provenFault } from "../certainty.js";
import type { DoctorContext } from "../context.js";
import type { Finding } from "../finding.js";
import { withDeadline } from "../network/deadline.js";
import { hostPort } from "../network/server-address.js";
import { tlsHandshake } from "../network/tls-handshake.js";
import { type HandedUri, sourceFixes, uriLine } from "./handed.js";

const probeWithinMs = 1_500;
/** Ports of the other kind: looked at, not judged by their number, for coturn tells TLS by its first bytes. */
const plainPorts: ReadonlySet<number> = new Set([80, 3478]);
const tlsPorts: ReadonlySet<number> = new Set([443, 5349]);

/** `turns:` to a port that speaks no TLS, and `turn:` over TCP to one that speaks nothing else. */
export async function tlsPortFindings(
	context: Pick<DoctorContext, "clock" | "signal">,
	uris: readonly HandedUri[],
): Promise<Finding[]> {
	const found = await Promise.all(
		uris.map(async (handed) => {
			const uri = parseIceUri(handed.text);
			if (uri.scheme === "turns" && uri.transport !== "udp" && plainPorts.has(uri.port))
				return (await speaksTls(context, uri)) === false ? plainPort(handed, uri) : undefined;
			if (uri.scheme !== "turn" || uri.transport !== "tcp" || !tlsPorts.has(uri.port))
				return undefined;
			const isTlsAlone = (await speaksTls(context, uri)) && !(await speaksStun(context, uri));
			return isTlsAlone ? tlsPort(handed, uri) : undefined;
		}),
	);
	return found.flatMap((one) => (one === undefined ? [] : [one]));
}

/** Undefined where nobody listens: another check tells that. */
async function speaksTls(
	context: Pick<DoctorContext, "clock" | "signal">,
	{ host, port }: IceUri,
): Promise<boolean | undefined> {
	const result = await tlsHandshake(context, { host, port }, probeWithinMs);
	if ("protocol" in result) return true;
	const isThere = /^ERR_SSL|ECONNRESET|CLOSED|TIMEOUT/.test(result.code);
	return isThere && (await speaksStun(context, { host, port })) ? false : undefined;
}

/** Any answer to a STUN Binding request over plain TCP (RFC 8489, section 6.2.2). */
function speaksStun(
	context: Pick<DoctorContext, "clock" | "signal">,
	{ host, port }: Pick<IceUri, "host" | "port">,
): Promise<boolean> {
	const request = Buffer.from("000100002112a4426c6976657365616b646f6374", "hex");
	return withDeadline(
		context,
		probeWithinMs,
		(signal) =>
			new Promise((resolve) => {
				const socket = connect({ host, port }, () => socket.write(request));
				const done = (answered: boolean) => {
					socket.destroy();
					resolve(answered);
				};
				socket.once("data", (data) => done(data.subarray(4, 8).equals(request.subarray(4, 8))));
				socket.on("error", () => done(false));
				socket.once("close", () => done(false));
				signal.addEventListener("abort", () => done(false), { once: true });
			}),
	);
}

function plainPort(handed: HandedUri, { host, port }: IceUri): Finding {
	return {
		...provenFault,
		id: "ice-servers.turns-on-plain-port",
		title: `turns: names ${hostPort(host, port)}, which speaks TURN without TLS`,
		cause: "The TLS handshake fails there, so that this entry gives nobody a relay.",
		fix: `Name the port that speaks TLS (coturn: tls-listening-port, 5349) or write turn:…?transport=tcp ${sourceFixes[handed.from]}.`,
		evidence: [`${uriLine(handed)}: answers STUN over plain TCP, and no TLS handshake`],
	};
}

function tlsPort(handed: HandedUri, { host, port }: IceUri): Finding {
	return {
		...provenFault,
		id: "ice-servers.turn-on-tls-port",
		title: `turn: names ${hostPort(host, port)} over TCP, which speaks TLS only`,
		cause:
			"What a client sends unencrypted is not understood there, so that this entry gives nobody a relay.",
		fix: `Write turns: in place of turn: ${sourceFixes[handed.from]}, or name the plain port (3478).`,
		evidence: [`${uriLine(handed)}: a TLS handshake, and no answer to STUN over plain TCP`],
	};
}
