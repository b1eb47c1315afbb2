import { readdir } from "node:fs/promises";
import { platform } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { leftBehind, withCli } from "../rig/cli.js";
import { killTree } from "../rig/kill-tree.js";

const cli = withCli();

async function serving() {
	const before = await readdir(cli().temporary);
	const run = cli().start(["server"]);
	await vi.waitFor(() => expect(run.stdout(), run.stderr()).toContain("Press Ctrl-C"), {
		...{ timeout: 30_000, interval: 50 },
	});
	const after = await readdir(cli().temporary);
	const [folder = ""] = after.filter((name) => !before.includes(name));
	expect(folder).toMatch(/^livesoak-livekit-/);
	// Its own, and that of the guardian, which may live a moment longer.
	const notes = (await readdir(join(cli().temporary, folder))).filter((name) =>
		/^owner-/.test(name),
	);
	expect(notes).toHaveLength(2);
	return { run, folder };
}

test.runIf(platform() === "linux")(
	"what is left by a tree that was killed whole goes at the next start, and nothing else",
	async () => {
		const living = await serving();
		const killed = await serving();
		const { pids } = killTree(killed.run.pid);
		await killed.run.ended;
		await vi.waitFor(() => expect(leftBehind({ descendants: pids })).toEqual([]), {
			...{ timeout: 15_000, interval: 50 },
		});
		// Nobody was left who could have removed it.
		expect((await readdir(cli().temporary)).sort()).toEqual([living.folder, killed.folder].sort());

		const next = cli().start(["server"]);
		await vi.waitFor(
			async () => expect(await readdir(cli().temporary)).not.toContain(killed.folder),
			{ timeout: 30_000, interval: 50 },
		);
		expect(await readdir(cli().temporary)).toContain(living.folder);
		for (const run of [next, living.run]) {
			await vi.waitFor(() => expect(run.stdout(), run.stderr()).toContain("Press Ctrl-C"), 30_000);
			run.kill("SIGINT");
			expect((await run.ended).code).toBe(0);
		}
		expect(await readdir(cli().temporary)).toEqual([]);
	},
);
