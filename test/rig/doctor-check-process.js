// One check of the doctor as a process of its own: its sockets are those of the namespace it is started in.
// Reads {module, check, target, facts} as JSON from its standard input, writes {result, connected} to its output.
import { text } from "node:stream/consumers";
import { systemClock } from "../../dist/clock/system-clock.js";

const { module, check, target, facts } = JSON.parse(await text(process.stdin));
const checks = await import(`../../dist/doctor/checks/${module}.js`);
const result = await checks[check].run({
	target: { ...target, url: new URL(target.url) },
	facts,
	clock: systemClock,
	signal: AbortSignal.timeout(40_000),
});
process.stdout.write(JSON.stringify({ result, connected: facts.connected }));
