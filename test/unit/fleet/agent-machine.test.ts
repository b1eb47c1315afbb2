import { expect, test } from "vitest";
import { capacityOf, packetCostMicros } from "../../../src/fleet/agent/capacity.js";
import { cgroupLimits } from "../../../src/fleet/agent/machine.js";

function files(texts: Readonly<Record<string, string>>) {
	return async (path: string) => {
		const text = texts[path];
		if (text === undefined) throw new Error("ENOENT");
		return text;
	};
}

const none = { cpus: Number.POSITIVE_INFINITY, memoryBytes: Number.POSITIVE_INFINITY };

test.each([
	["no control groups", {}, none],
	[
		"a container with a namespace of its own (v2)",
		{
			"/proc/self/cgroup": "0::/\n",
			"/sys/fs/cgroup/cpu.max": "150000 100000\n",
			"/sys/fs/cgroup/memory.max": "536870912\n",
		},
		{ cpus: 1.5, memoryBytes: 536_870_912 },
	],
	[
		"a group without limits in one that has them",
		{
			"/proc/self/cgroup": "0::/kubepods/pod1/box\n",
			"/sys/fs/cgroup/kubepods/pod1/box/cpu.max": "max 100000\n",
			"/sys/fs/cgroup/kubepods/pod1/box/memory.max": "max\n",
			"/sys/fs/cgroup/kubepods/pod1/cpu.max": "400000 100000\n",
			"/sys/fs/cgroup/kubepods/memory.max": "1073741824\n",
		},
		{ cpus: 4, memoryBytes: 1_073_741_824 },
	],
	[
		"v1",
		{
			"/proc/self/cgroup": "4:memory:/docker/1\n3:cpu,cpuacct:/docker/1\n",
			"/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "50000\n",
			"/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
			"/sys/fs/cgroup/memory/memory.limit_in_bytes": "268435456\n",
		},
		{ cpus: 0.5, memoryBytes: 268_435_456 },
	],
	[
		"v1 without limits",
		{
			"/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n",
			"/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
			"/sys/fs/cgroup/memory/memory.limit_in_bytes": "9007199254740991\n",
		},
		{ ...none, memoryBytes: Number.MAX_SAFE_INTEGER },
	],
])("%s", async (_what, texts, limits) => {
	expect(await cgroupLimits(files(texts))).toEqual(limits);
});

test("capacity grows with CPUs and speed, until the memory is full", () => {
	const memoryBytes = 64e9;
	const two = capacityOf({ cpus: 2, memoryBytes }, 5);
	const four = capacityOf({ cpus: 4, memoryBytes }, 5);
	const slow = capacityOf({ cpus: 4, memoryBytes }, 10);
	expect(Math.abs(four.lite - 2 * two.lite)).toBeLessThanOrEqual(1);
	expect(Math.abs(slow.lite - two.lite)).toBeLessThanOrEqual(1);
	expect(slow.native).toBe(two.native);
	const small = capacityOf({ cpus: 4, memoryBytes: 1e9 }, 5);
	expect(small.native).toBeLessThan(four.native);
	expect(capacityOf({ cpus: 0.1, memoryBytes: 1e6 }, 1_000)).toEqual({ lite: 1, native: 1 });
});

test("the cost of a packet is the best of the rounds, a disturbance does not count", () => {
	let nowMs = 0;
	let reading = 0;
	// Every second reading closes a round: 3 ms each, one of them 300.
	const clock = () => {
		reading++;
		if (reading % 2 === 0) nowMs += reading === 10 ? 300 : 3;
		return nowMs;
	};
	expect(packetCostMicros(clock)).toBeCloseTo(10, 6);
});
