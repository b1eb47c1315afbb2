import { connect } from "node:net";
import type { TurnCredentials } from "../../src/ice/turn-credentials.js";
import {
	attributes,
	errorCodeOf,
	messageTypes,
	parseMessage,
	relayOverUdp,
	stunMessage,
} from "./turn-message.js";

/**
 * One TURN allocation over TCP on 127.0.0.1, as a client does it (RFC 8656, section 7): a request without
 * credentials, the server's realm and nonce, the request again with them. The allocation ends with the connection.
 *
 * @returns "allocated", "error CODE" of the second answer, or "closed" if the connection ended first
 */
export function allocate(port: number, credentials: TurnCredentials): Promise<string> {
	return new Promise((resolve) => {
		const socket = connect(port, "127.0.0.1");
		let received = Buffer.alloc(0);
		let asked = 0;
		const done = (outcome: string) => {
			resolve(outcome);
			socket.destroy();
		};
		const ask = (realm?: Buffer, nonce?: Buffer) => {
			asked++;
			const authentication =
				realm === undefined || nonce === undefined ? undefined : { ...credentials, realm, nonce };
			socket.write(stunMessage(messageTypes.allocate, [relayOverUdp], authentication));
		};
		socket.setTimeout(15_000, () => done("no answer"));
		socket.on("error", () => done("closed"));
		socket.once("close", () => done("closed"));
		socket.once("connect", () => ask());
		socket.on("data", (chunk) => {
			received = Buffer.concat([received, chunk]);
			if (received.length < 20 || received.length < 20 + received.readUInt16BE(2)) return;
			const message = parseMessage(received);
			received = Buffer.alloc(0);
			if (message.type === messageTypes.allocated) return done("allocated");
			const realm = message.attributes.get(attributes.realm);
			const nonce = message.attributes.get(attributes.nonce);
			if (asked === 1 && realm && nonce) return ask(realm, nonce);
			const code = errorCodeOf(message);
			done(code === undefined ? "no error code" : `error ${code}`);
		});
	});
}
