// Sends bursts of large UDP datagrams to an address, so that what shares a narrow pipe with them is delayed by
// a time that varies: `node burst-traffic.js <address> <port> <seconds>`.
import { createSocket } from "node:dgram";

const [address, port, seconds] = process.argv.slice(2);
const socket = createSocket("udp4");
// Nobody listens there.
socket.on("error", () => {});
const datagram = Buffer.alloc(1200);
const endAtMs = Date.now() + Number(seconds) * 1000;

function burst() {
	if (Date.now() >= endAtMs) {
		socket.close();
		return;
	}
	const size = 1 + Math.floor(Math.random() * 10);
	for (let n = 0; n < size; n++) socket.send(datagram, Number(port), address);
	setTimeout(burst, 20 + Math.random() * 100);
}
burst();
