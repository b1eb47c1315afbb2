// Runs the doctor's checks `stun` and `turn` of the built livesoak where this process is (a network namespace), on the
// ICE servers given as JSON, and prints their results as JSON.
import { systemClock } from "../../dist/clock/system-clock.js";
import { stun } from "../../dist/doctor/checks/stun.js";
import { turn } from "../../dist/doctor/checks/turn.js";

const facts = { iceServers: JSON.parse(process.argv[2]) };
const context = {
	...{ facts, target: { participants: 10 }, clock: systemClock },
	signal: new AbortController().signal,
};
const [bySTUN, byTURN] = await Promise.all([stun.run(context), turn.run(context)]);
process.stdout.write(JSON.stringify({ stun: bySTUN, turn: byTURN, relays: facts.relays }));
