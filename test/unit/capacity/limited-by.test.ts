import { describe, expect, test } from "vitest";
import type { CapacityStep } from "../../../src/capacity/capacity-result.js";
import { type CulpritFacts, limitedBy } from "../../../src/capacity/limited-by.js";
import { aFailure } from "./a-step.js";

const facts: CulpritFacts = {
	...{ broken: [], goesThroughTurn: false, sharesMachine: false, machineCores: 8 },
};
const idle = { cpuCores: 0.5, peakCpuCores: 0.6, cores: 4 };
const full = { cpuCores: 3.6, peakCpuCores: 3.9, cores: 4 };
const invalid: Partial<CapacityStep> = {
	outcome: "invalid",
	invalidities: ["the tester used 99 % of all cores"],
};

function culprit(own: Partial<CulpritFacts>) {
	const { limitedBy: name, certainty, evidence } = limitedBy({ ...facts, ...own });
	return { name, certainty, evidence: evidence.join("\n") };
}

describe("the tester", () => {
	test("is named where its own runs were invalid, even if the server is full as well", () => {
		const found = culprit({ broken: [aFailure({ ...invalid, server: full })] });
		expect(found.name).toBe("tester");
		expect(found.certainty).toBe("clear");
		expect(found.evidence).toContain("99 %");
	});

	test("is not named for one invalid run of three", () => {
		const broken = [aFailure(invalid), aFailure({ server: full }), aFailure({ server: full })];
		expect(culprit({ broken }).name).toBe("server");
	});

	test("is named where it filled the machine together with the server", () => {
		const tester = { cpuCores: 0.8, maxRssBytes: 1e8 };
		const broken = [aFailure({ server: { cpuCores: 1.1, cores: 2 }, tester })];
		const shared = { broken, machineCores: 2 };
		expect(culprit({ ...shared, sharesMachine: true }).name).toBe("tester");
		expect(culprit({ ...shared, sharesMachine: false }).name).not.toBe("tester");
	});
});

describe("the server", () => {
	test("is named where it had no CPU left", () => {
		const found = culprit({ broken: [aFailure({ server: full, lossRatio: 0.04 })] });
		expect(found).toMatchObject({ name: "server", certainty: "clear" });
		expect(found.evidence).toContain("3.60 of its 4 cores");
	});

	test("is named where it had none in its busiest second, while people joined", () => {
		const server = { cpuCores: 1.2, peakCpuCores: 3.9, cores: 4 };
		const found = culprit({ broken: [aFailure({ server })] });
		expect(found.name).toBe("server");
		expect(found.evidence).toContain("3.90 of its 4 cores at its peak");
	});

	test("is named where it said no", () => {
		const failures = [{ stage: "socket", cause: "server-error", count: 3 }];
		const found = culprit({ broken: [aFailure({ failures, server: idle })] });
		expect(found).toMatchObject({ name: "server", certainty: "clear" });
		expect(found.evidence).toContain("3 participants");
	});

	test("is named in doubt where nothing tells, with what is missing", () => {
		const found = culprit({ broken: [aFailure({ lossRatio: 0 })] });
		expect(found).toMatchObject({ name: "server", certainty: "unclear" });
		expect(found.evidence).toContain("--server-metrics");
	});
});

describe("the network", () => {
	test("is named where packets are lost and CPU is free on both sides", () => {
		const found = culprit({ broken: [aFailure({ lossRatio: 0.04, server: idle })] });
		expect(found).toMatchObject({ name: "network", certainty: "likely" });
	});

	test("is said to be unclear where the server's CPU is not known", () => {
		expect(culprit({ broken: [aFailure({ lossRatio: 0.04 })] }).certainty).toBe("unclear");
	});

	test("has full receive buffers of this machine in its evidence", () => {
		const step = aFailure({ lossRatio: 0.04, server: idle, receiveBufferErrors: 812 });
		expect(culprit({ broken: [step] }).evidence).toContain("812 datagrams");
	});
});

describe("TURN", () => {
	const failures = [{ stage: "gathered", cause: "no-relay-candidate", count: 4 }];

	test("is named where relays were refused", () => {
		const broken = [aFailure({ failures, server: full })];
		expect(culprit({ broken, goesThroughTurn: true }).name).toBe("turn");
	});

	test("is named where coturn filled a core", () => {
		const broken = [aFailure({ turn: { cpuCores: 0.97 }, server: idle })];
		expect(culprit({ broken, goesThroughTurn: true })).toMatchObject({
			...{ name: "turn", certainty: "likely" },
		});
	});

	test("is not named where nothing goes through it", () => {
		expect(culprit({ broken: [aFailure({ failures, server: full })] }).name).toBe("server");
	});
});

test("nobody is named where nothing broke", () => {
	expect(culprit({}).name).toBe("none");
});
