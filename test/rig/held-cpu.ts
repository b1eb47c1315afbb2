import { accessSync, constants, existsSync, readdirSync, rmdirSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

const root = "/sys/fs/cgroup";
const period = 100_000;

/** Where CPU time can be held: cgroup v1's own tree, or a writable v2 with the cpu controller; else undefined. */
function controller(): { readonly tree: string; readonly version: 1 | 2 } | undefined {
	for (const [tree, version, file] of [
		[join(root, "cpu"), 1, "cpu.cfs_quota_us"],
		[root, 2, "cgroup.subtree_control"],
	] as const) {
		try {
			accessSync(tree, constants.W_OK);
			if (version === 1 ? existsSync(tree) : existsSync(join(tree, file))) return { tree, version };
		} catch {
			// Not this one.
		}
	}
	return undefined;
}

/** CPU time can be held here. */
export function canHoldCpu(): boolean {
	return controller() !== undefined;
}

/**
 * A program that is the given livekit-server, held by a cgroup to so many cores: a candidate made worse on purpose.
 * @param file where the program is written
 * @returns removes the cgroups of those that have ended
 */
export async function heldServer(file: string, binary: string, cores: number): Promise<() => void> {
	const found = controller();
	if (!found) throw new Error("no cgroup that may be written to");
	const { tree, version } = found;
	const name = `livesoak-test-${process.pid}`;
	const quota = Math.round(period * cores);
	const limit =
		version === 1
			? `echo ${period} > "$group/cpu.cfs_period_us"; echo ${quota} > "$group/cpu.cfs_quota_us"`
			: `echo "${quota} ${period}" > "$group/cpu.max"`;
	// Only a server is held: --version must answer as quickly as ever.
	const text = `#!/bin/sh
case "$1" in --version) exec "${binary}" "$@";; esac
group="${tree}/${name}-$$"
/bin/mkdir "$group"
${limit}
echo $$ > "$group/cgroup.procs"
exec "${binary}" "$@"
`;
	await writeFile(file, text, { mode: 0o755 });
	return () => {
		for (const entry of readdirSync(tree)) {
			if (!entry.startsWith(name)) continue;
			try {
				rmdirSync(join(tree, entry));
			} catch {
				// Its server still ends: the group is empty when it has.
			}
		}
	};
}
