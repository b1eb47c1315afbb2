import { connect } from "node:net";
import type { IceServer } from "../ice/ice-server.js";
import { type IceUri, parseIceUri } from "../ice/uri.js";
import { stunAnswers } from "./stun-answer.js";

const answerWithinMs = 1_500;

/**
 * Why a TURN server gave no relay candidate, as far as a stranger can tell: undefined when one of them answers
 * (then it is the credentials, the realm or a quota), else a sentence naming those that do not.
 */
export async function unreachableTurn(servers: readonly IceServer[]): Promise<string | undefined> {
	const uris = servers.flatMap(({ urls }) => urls).map(parseIceUri);
	const answers = await Promise.all(uris.map(isReachable));
	if (uris.length === 0 || answers.some(Boolean)) return undefined;
	const names = uris.map(
		({ host, port, transport = "udp" }) => `${host}:${port} over ${transport}`,
	);
	return `no answer from TURN server ${names.join(", ")}`;
}

function isReachable({ host, port, transport }: IceUri): Promise<boolean> {
	return transport === "tcp" ? accepts(host, port) : stunAnswers(host, port, answerWithinMs);
}

/** Whether somebody accepts TCP connections there. Never rejects. */
export function accepts(host: string, port: number, boundMs = answerWithinMs): Promise<boolean> {
	return new Promise((resolve) => {
		const socket = connect({ host, port, timeout: boundMs });
		const done = (accepted: boolean) => {
			socket.destroy();
			resolve(accepted);
		};
		socket.once("connect", () => done(true));
		socket.once("timeout", () => done(false));
		socket.once("error", () => done(false));
	});
}
