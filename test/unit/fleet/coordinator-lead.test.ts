import { describe, expect, test } from "vitest";
import { failureOf, fleetRig } from "./coordinator-rig.js";

describe("who leads a run", () => {
	test("another coordinator of the same run: this one does not begin, and leaves alone what is the other's", async () => {
		const rig = fleetRig();
		rig.link.isLed = false;
		expect((await failureOf(rig.crew.prepare())).message).toContain("Another livesoak leads");
		await rig.whileTimePasses(rig.crew.close());
		expect(rig.link).toMatchObject({ orders: [], pulses: [], isForgotten: false, isClosed: true });
	});

	test("another coordinator has taken the run over: this one ends, and says nothing more to anybody", async () => {
		const rig = fleetRig();
		await rig.started();
		const lost = failureOf(rig.crew.finished);
		const [orders, pulses] = [rig.link.orders.length, rig.link.pulses.length];
		rig.link.pulse = async () => {
			throw new Error("taken over");
		};
		rig.link.isLed = false;
		expect((await rig.whileTimePasses(lost)).message).toContain("has taken over");
		rig.crew.stop();
		await rig.whileTimePasses(rig.crew.close());
		expect(rig.link.orders).toHaveLength(orders);
		expect(rig.link.pulses).toHaveLength(pulses);
		expect(rig.link).toMatchObject({ isForgotten: false, isClosed: true });
	});

	test("cut off from Redis, it says nothing to agents until it knows again that it leads; then it goes on", async () => {
		const rig = fleetRig({ order: { leaseMs: 30_000 } });
		const { crew, link, clock } = rig;
		await rig.started();
		const { pulse, lead } = link;
		const away = async () => {
			throw new Error("Redis is away");
		};
		Object.assign(link, { pulse: away, lead: away });
		await clock.advanceTo(clock.nowMs() + 3_000);
		expect(crew.isInDoubt).toBe(false);
		await clock.advanceTo(clock.nowMs() + 2_000);
		expect(crew.isInDoubt).toBe(true);
		crew.stop();
		await clock.advanceTo(clock.nowMs() + 10_000);
		expect(link.sent("stop")).toHaveLength(0);
		Object.assign(link, { pulse, lead });
		await clock.advanceTo(clock.nowMs() + 3_000);
		expect(crew.isInDoubt).toBe(false);
		expect(link.sent("stop")).toHaveLength(3);
	});

	test("cut off for so long that no agent can be there: it ends, and leaves alone what may be another one's", async () => {
		const rig = fleetRig();
		const startAtMs = await rig.started();
		const lost = failureOf(rig.crew.finished);
		const orders = rig.link.orders.length;
		rig.link.pulse = rig.link.lead = async () => {
			throw new Error("Redis is away");
		};
		// The lease, and for how long others are waited for.
		await rig.clock.advanceTo(startAtMs + 20_000);
		expect(rig.events).not.toContainEqual(expect.objectContaining({ kind: "agent-lost" }));
		await rig.clock.advanceTo(startAtMs + 28_000);
		expect((await lost).message).toContain("is cut off from Redis");
		// Redis comes back too late.
		rig.link.pulse = async () => {};
		await rig.clock.advanceTo(startAtMs + 32_000);
		rig.crew.kill();
		await rig.whileTimePasses(rig.crew.close());
		expect(rig.link.orders).toHaveLength(orders);
		expect(rig.link).toMatchObject({ isForgotten: false, isClosed: true });
	});

	test("killed, and closed only some seconds later: it leads until then, and takes away what is its own", async () => {
		const rig = fleetRig();
		const startAtMs = await rig.started();
		rig.crew.kill();
		await rig.clock.advanceTo(startAtMs + 10_000);
		expect(rig.crew.isInDoubt).toBe(false);
		await rig.whileTimePasses(rig.crew.close());
		expect(rig.link).toMatchObject({ isForgotten: true, isClosed: true });
		expect(rig.clock.sleeping).toBe(0);
	});
});
