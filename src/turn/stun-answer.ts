import { randomBytes } from "node:crypto";
import { createSocket } from "node:dgram";

const bindingRequest = 0x0001;
const magicCookie = 0x2112a442;

/**
 * Whether a STUN server answers a Binding request over UDP within `boundMs` (RFC 8489, section 5:
 * a header of 20 bytes, no attributes; the answer repeats the transaction id). Never rejects.
 */
export function stunAnswers(host: string, port: number, boundMs: number): Promise<boolean> {
	const transactionId = randomBytes(12);
	const request = Buffer.alloc(20);
	request.writeUInt16BE(bindingRequest, 0);
	request.writeUInt32BE(magicCookie, 4);
	transactionId.copy(request, 8);
	return new Promise((resolve) => {
		const socket = createSocket("udp4");
		let isOver = false;
		// A look-up that fails after the time is up is told by the closed socket.
		const done = (answered: boolean) => {
			if (isOver) return;
			isOver = true;
			clearTimeout(timer);
			socket.close();
			resolve(answered);
		};
		const timer = setTimeout(done, boundMs, false);
		socket.on("error", () => done(false));
		socket.on("message", (answer) => {
			if (answer.length >= 20 && answer.subarray(8, 20).equals(transactionId)) done(true);
		});
		socket.send(request, port, host);
	});
}
