import { describe, expect, test } from "vitest";
import { serverReading } from "../../../src/backend/server-metrics.js";
import { receiveErrors } from "../../../src/capacity/receive-errors.js";
import type { Reading } from "../../../src/capacity/step-recorder.js";
import { usageOf } from "../../../src/capacity/step-usage.js";

describe("livekit-server's metrics", () => {
	const text = [
		"# HELP process_cpu_seconds_total Total user and system CPU time.",
		"process_cpu_seconds_total 12.5",
		"process_resident_memory_bytes 9.07e+07",
		"go_sched_gomaxprocs_threads 2",
		'livekit_participant_total{node_id="ND_a",node_type="SERVER"} 40',
		'livekit_participant_total{node_id="ND_b",node_type="SERVER"} 2',
	].join("\n");

	test("give CPU, memory, cores and participants", () => {
		expect(serverReading(text)).toEqual({
			...{ cpuSeconds: 12.5, rssBytes: 9.07e7, cores: 2, participants: 42 },
		});
	});

	test("of an older release leave out what is not there", () => {
		const older = text.replace(/^go_sched.*$/m, "");
		expect(serverReading(older)).not.toHaveProperty("cores");
	});

	test("are not read from some other page", () => {
		expect(serverReading("<html>OK</html>")).toBeUndefined();
	});
});

describe("receive errors", () => {
	test("are found by the name of their column", () => {
		const text = [
			"Tcp: InSegs OutSegs\nTcp: 9 9",
			"Udp: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors",
			"Udp: 100 1 7 90 6 0",
			"UdpLite: InDatagrams RcvbufErrors\nUdpLite: 0 3",
		].join("\n");
		expect(receiveErrors(text)).toBe(6);
	});

	test("are unknown where the system has no such table", () => {
		expect(receiveErrors("")).toBeUndefined();
	});
});

describe("what a run used", () => {
	const at = (second: number, own: Partial<Reading> = {}): Reading => ({
		...{ atMs: 1e12 + second * 1000, isHeld: second >= 2, packets: second * 500 },
		...{ testerCpu: 0.25, turnCpuSeconds: undefined, receiveErrors: 10 + second },
		server: {
			cpuSeconds: second < 2 ? second * 1.5 : 3 + (second - 2) * 0.5,
			cores: 2,
			rssBytes: 5e7,
		},
		...own,
	});
	const readings = [0, 1, 2, 3, 4, 5].map((second) => at(second));

	test("is the mean while the number is held, and the peak of the whole", () => {
		const { server, tester, packetsPerSecond, receiveBufferErrors } = usageOf(readings, undefined);
		expect(server).toMatchObject({ cpuCores: 0.5, peakCpuCores: 1.5, cores: 2, rssBytes: 5e7 });
		expect(tester).toEqual({ cpuCores: 0.25, peakCpuCores: 0.25 });
		expect(packetsPerSecond).toBe(500);
		expect(receiveBufferErrors).toBe(5);
	});

	test("knows the cores from the user before the server", () => {
		expect(usageOf(readings, 0.5).server?.cores).toBe(0.5);
	});

	test("is not made up where the server does not tell, or was not seen long enough", () => {
		const silent = readings.map((one) => ({ ...one, server: undefined }));
		expect(usageOf(silent, 2)).not.toHaveProperty("server");
		const short = usageOf(readings.slice(0, 4), undefined);
		expect(short.server).not.toHaveProperty("cpuCores");
		expect(short).not.toHaveProperty("packetsPerSecond");
		expect(usageOf([], undefined).tester).toEqual({});
	});

	test("has no negative rate for a server that began anew", () => {
		const restarted = [...readings, at(6, { server: { cpuSeconds: 0.1 } })];
		expect(usageOf(restarted, undefined).server).not.toHaveProperty("cpuCores");
	});
});
