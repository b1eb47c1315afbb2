import { expect, test } from "vitest";
import { parseStat, treeCpuSeconds } from "../../../bench/process-tree.js";

/** proc_pid_stat(5): fields from the third on, then the ones that do not matter here. */
const fields =
	"S 41 7 7 0 -1 4194560 1 2 3 4 150 50 700 300 20 0 5 0 123 456 789 18446744073709551615";

test.each(["node", "worker (3) x", "a ) b", "S 99 1"])("the name %j does not matter", (name) => {
	expect(parseStat(`40 (${name}) ${fields}`)).toEqual({
		...{ parent: 41, cpuSeconds: 2, endedChildrenCpuSeconds: 10 },
	});
});

test.each(["", "40 (node", "40 (node) S 41"])("%j is no such line", (text) => {
	expect(parseStat(text)).toBeUndefined();
});

test("a tree's time is that of its members, the ended ones too", () => {
	const tree = new Map([
		[1, { parent: 0, cpuSeconds: 2, endedChildrenCpuSeconds: 0.5 }],
		[2, { parent: 1, cpuSeconds: 4, endedChildrenCpuSeconds: 0 }],
	]);
	expect(treeCpuSeconds(tree)).toBe(6.5);
});
