import { Writable } from "node:stream";
import { Chalk } from "chalk";
import { expect, test } from "vitest";
import { TerminalSink } from "../../../src/sink/terminal.js";
import { aggregatesOf, joining, runInfo, samples, summaryOf, viewOf } from "./fabricated-run.js";

class FakeTerminal extends Writable {
	readonly columns = 90;
	readonly rows = 40;
	readonly isTTY = true;
	text = "";
	writes = 0;

	override _write(chunk: Buffer, _encoding: string, done: () => void): void {
		this.text += chunk.toString();
		this.writes += 1;
		done();
	}
}

function terminal() {
	const output = new FakeTerminal();
	return { output, sink: new TerminalSink(output, { chalk: new Chalk({ level: 0 }) }) };
}

test("redraws at most four times a second however often views come", async () => {
	const { output, sink } = terminal();
	await sink.start(runInfo);
	for (let n = 0; n < 1_000; n++) {
		sink.onView(viewOf(aggregatesOf([]), { elapsedMs: n * 10, alive: n }));
	}
	expect(output.writes).toBeLessThanOrEqual(40);
	expect(output.writes).toBeGreaterThan(30);
});

test("joins/s is the rate over the last seconds", async () => {
	const { output, sink } = terminal();
	await sink.start(runInfo);
	for (let n = 0; n <= 10; n++) {
		const joined = Array.from({ length: n * 3 }, (_, index) => joining(index)).flat();
		sink.onView(viewOf(aggregatesOf(joined), { elapsedMs: n * 1_000 }));
	}
	expect(output.text).toContain("3.0 joins/s");
});

test("shows the server and the last notable event, cleaned", async () => {
	const { output, sink } = terminal();
	await sink.start(runInfo);
	sink.onEvent({ kind: "server", atMs: 0, version: "1.13.5\u001b[2J" });
	sink.onEvent({
		...{ kind: "worker-died", atMs: 0, worker: 1, pid: 7, reason: "SIG\u001b[2JKILL" },
		participantsLost: 4,
	});
	sink.onView(viewOf(aggregatesOf(samples)));
	expect(output.text).toContain("LiveKit 1.13.5 ·");
	expect(output.text).toContain("worker 1 (pid 7) died: SIGKILL; 4 participants lost");
	expect(output.text).not.toContain("\u001b[2J");
});

test("ends with the final report on the screen", async () => {
	const { output, sink } = terminal();
	await sink.start(runInfo);
	sink.onView(viewOf(aggregatesOf(samples)));
	await sink.stop(summaryOf(aggregatesOf(samples)));
	expect(output.text.trimEnd()).toMatch(/exit code 99$/);
});
