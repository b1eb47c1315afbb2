import { expect, test } from "vitest";
import type { ChurnOrder } from "../../bench/churn/churn-order.js";
import { runChurn } from "../../bench/churn/churn-run.js";
import { roomsOf } from "../../bench/churn/churn-servers.js";
import { findingsOf } from "../../bench/churn/findings.js";
import { isMemory } from "../../bench/churn/vitals.js";
import { toServer } from "../rig/cli.js";
import { withLiveKit } from "../rig/real-parts.js";
import { expectConserved } from "../rig/result.js";

const server = withLiveKit();

/** The short form of `npm run bench -- churn`: a minute and a half, and about 150 joins. */
const order: ChurnOrder = {
	...{ engine: "lite", ice: "direct", participants: 8, staySeconds: [1, 3] },
	...{ warmUpSeconds: 10, churnSeconds: 20, restSeconds: 14 },
};

/** A leak shows elsewhere first; in half a minute memory alone tells no more than a disaster. */
const mostGrowthBytes = 64 * 1024 * 1024;

test("after a hundred joins descriptors, sockets, threads, timers and handles are back, and nobody is left", async () => {
	const { args, env } = toServer(server());
	const { PATH, HOME } = process.env;
	const result = await runChurn(order, {
		...{ args, env: { PATH, HOME, ...env }, beside: new Map(), sampleEveryMs: 1_000 },
	});
	expect([0, 3, 99]).toContain(result.code);
	const { summary } = result;
	expect(summary.failures).toEqual([]);
	expectConserved(summary);
	expect(summary.participants).toMatchObject({ lost: 0, unfinished: 0 });
	expect(summary.participants.joined).toBeGreaterThan(100);

	const findings = findingsOf(order, result);
	const workers = new Set(findings.map(({ process }) => process));
	expect(workers).toContain("livesoak");
	expect(workers).toContain("worker 0");
	const counted = findings.filter(({ figure }) => !isMemory(figure));
	// Of each process: descriptors, sockets, threads, timers, handles.
	expect(counted).toHaveLength(5 * workers.size);
	expect(counted.filter(({ verdict }) => verdict !== "back")).toEqual([]);
	for (const { figure, atStart = 0, atEnd = Number.NaN } of findings)
		if (isMemory(figure)) expect(atEnd - atStart).toBeLessThan(mostGrowthBytes);

	expect([...(await roomsOf(server())).values()].flat()).toEqual([]);
}, 180_000);
