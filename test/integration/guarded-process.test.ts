import { describe, expect, test, vi } from "vitest";
import { startGuarded } from "../../src/backend/guarded-process.js";
import { isRunning } from "../rig/gone.js";

describe("a guarded program", () => {
	test("that ignores SIGTERM is killed, with its children, after the grace", async () => {
		const lines: string[] = [];
		const program = await startGuarded({
			command: "/bin/sh",
			args: ["-c", "trap '' TERM; sleep 600 & echo $!; wait"],
			env: {},
			onLine: (line) => lines.push(line),
		});
		await vi.waitFor(() => expect(lines).toHaveLength(1));
		const facts = await program.stop(300);
		expect(facts).toEqual({ asked: true, forced: true, code: null, signal: "SIGKILL" });
		await vi.waitFor(() => expect(isRunning(Number(lines[0]))).toBe(false));
	});

	test("gets the environment it is given and no other, and its lines come without secrets", async () => {
		const program = await startGuarded({
			command: "/usr/bin/env",
			args: [],
			env: { SHOWN: "password=hunter2" },
			secrets: ["hunter2"],
		});
		await program.exited;
		expect(program.logTail()).toContain("SHOWN=password=***");
		expect(program.logTail().join("\n")).not.toMatch(/^(HOME|PATH|NODE_CHANNEL_FD)=/m);
	});

	test("that does not exist rejects with the system's reason", async () => {
		const program = startGuarded({ command: "/no/such/program", args: [], env: {} });
		await expect(program).rejects.toThrow(/ENOENT|No such file/);
	});
});
