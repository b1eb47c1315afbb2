import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
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

export interface CpuQuota {
	/** Whoever writes its pid here has no more than its part of the quota. */
	readonly procs: string;
	add(pid: number): void;
}

/** A cgroup whose processes have so many cores together; removed after the test. */
export function cpuQuota(cores: number): CpuQuota {
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
	return { procs, add: (pid) => writeFileSync(procs, String(pid)) };
}

/**
 * Writes a program that is the given livekit-server under the quota: a candidate made worse on purpose.
 * @param file where the program is written
 */
export async function heldServer(file: string, binary: string, quota: CpuQuota): Promise<void> {
	// Only a server is held: --version must answer as quickly as ever.
	const text = `#!/bin/sh
case "$1" in --version) exec "${binary}" "$@";; esac
echo $$ > "${quota.procs}"
exec "${binary}" "$@"
`;
	await writeFile(file, text, { mode: 0o755 });
}
