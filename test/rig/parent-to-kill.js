// Started by a test that kills it: starts a livekit-server and a coturn from the built livesoak,
// prints what it started as one JSON line, and then does nothing for ever.
// Usage: node parent-to-kill.js <livekit-server> [<turnserver>]
import { startCoturn } from "../../dist/backend/start-coturn.js";
import { startLiveKit } from "../../dist/backend/start-livekit.js";

const [liveKitBinary = "", coturnBinary] = process.argv.slice(2);
const server = await startLiveKit({ binary: liveKitBinary });
const started = [
	{ pid: server.pid, folder: server.folder, port: Number(new URL(server.url).port) },
];
if (coturnBinary !== undefined) {
	const turn = await startCoturn({ binary: coturnBinary });
	const port = Number(turn.uris.tcp.match(/:(\d+)\?/)?.[1]);
	started.push({ pid: turn.pid, folder: turn.logFile.replace(/\/[^/]+$/, ""), port });
}
process.stdout.write(`${JSON.stringify(started)}\n`);
