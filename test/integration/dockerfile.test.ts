import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { installFromCheckout, readStages, replay } from "../rig/dockerfile.js";

test("what the Dockerfile copies is enough to build livesoak, and what it keeps is enough to run it", async () => {
	const folder = await mkdtemp(join(tmpdir(), "livesoak-test-dockerfile-"));
	onTestFinished(() => rm(folder, { recursive: true, force: true }));
	const others: string[] = [];
	const image = replay(readStages(), folder, (command, here) => {
		if (command.startsWith("npm ci ")) installFromCheckout(command, here);
		else if (command === "npm run build") {
			const { status, stdout } = spawnSync("npm", ["run", "build"], {
				cwd: here,
				encoding: "utf8",
			});
			expect(status, stdout).toBe(0);
		} else others.push(command);
	});
	expect(others).toEqual(["install -d -o node -g node /results"]);

	const livesoak = join(image, "livesoak");
	const livesoakIn = (...args: string[]) =>
		execFileSync(process.execPath, ["dist/cli/main.js", ...args], {
			...{ cwd: livesoak, encoding: "utf8" },
			env: { PATH: process.env.PATH, HOME: folder, NODE_ENV: "production" },
		});
	const { version } = JSON.parse(readFileSync(join(livesoak, "package.json"), "utf8"));
	expect(livesoakIn("--version").trim()).toBe(version);
	expect(livesoakIn("run", "--help")).toContain("--prometheus");
	// What is loaded only with the first participant, native code as well.
	for (const name of ["@livekit/rtc-node", "node-datachannel", "@evan/opus", "koffi"])
		execFileSync(process.execPath, ["-e", `import(${JSON.stringify(name)})`], { cwd: livesoak });
	expect(readdirSync(livesoak).sort()).toEqual([
		...["dist", "node_modules", "package.json", "scenarios", "schema"],
	]);
	expect(readdirSync(join(livesoak, "node_modules"))).not.toContain("typescript");
});
