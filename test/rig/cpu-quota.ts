import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, onTestFinished } from "vitest";
import { type Group, requirePart } from "./real-parts.js";

/** Short, so that a small share makes a program slow rather than dead for most of a second. */
const periodUs = 20_000;

/** One hierarchy for all controllers; the older systems have one for each. */
const isV2 = existsSync("/sys/fs/cgroup/cgroup.controllers");
const root = isV2 ? "/sys/fs/cgroup" : "/sys/fs/cgroup/cpu";

/** `describe` for tests that give processes a share of a core: cgroups, which root alone makes. See `requirePart`. */
export function requireCpuQuota(): Group {
	const isThere = isV2 || existsSync(join(root, "cpu.cfs_quota_us"));
	if (isThere || process.env.CI) return requirePart("root");
	return (name, body) => {
		process.stderr.write(`\n!!! SKIPPED "${name}": no cgroup cpu controller here\n\n`);
		describe.skip(name, body);
	};
}

/** A cgroup whose processes have so many cores together; removed after the test. */
export function cpuQuota(cores: number): { add(pid: number): void } {
	const folder = join(root, `livesoak-test-${process.pid}-${Math.round(cores * 1000)}`);
	const quotaUs = Math.round(periodUs * cores);
	mkdirSync(folder);
	if (isV2) writeFileSync(join(folder, "cpu.max"), `${quotaUs} ${periodUs}`);
	else {
		writeFileSync(join(folder, "cpu.cfs_period_us"), String(periodUs));
		writeFileSync(join(folder, "cpu.cfs_quota_us"), String(quotaUs));
	}
	const procs = join(folder, "cgroup.procs");
	onTestFinished(() => {
		// A group with processes cannot be removed.
		for (const pid of readFileSync(procs, "utf8").split("\n").filter(Boolean))
			writeFileSync(join(root, "cgroup.procs"), pid);
		rmdirSync(folder);
	});
	return { add: (pid) => writeFileSync(procs, String(pid)) };
}
