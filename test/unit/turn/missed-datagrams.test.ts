import { expect, test } from "vitest";
import { MissedDatagrams } from "../../../src/turn/missed-datagrams.js";

const table = (drops: Record<number, number>) => ({
	ports: new Set<number>(),
	dropped: new Map(Object.entries(drops).map(([port, count]) => [Number(port), count])),
});
const own = { family: 6, port: 4000 } as const;
const upstream = { family: 4, port: 4000 } as const;

test("counts of both families stay apart, and the latest reading of a port counts", () => {
	const missed = new MissedDatagrams();
	const tables = { 4: table({ 4000: 5 }), 6: table({ 4000: 1 }) };
	missed.look(own, tables);
	missed.look(upstream, tables);
	expect(missed.total).toBe(6);
	missed.look(upstream, { 4: table({ 4000: 7 }) });
	missed.look(own, {});
	expect(missed.total).toBe(8);
});

test("what a port missed stays when it is gone, and its next owner begins at 0", () => {
	const missed = new MissedDatagrams();
	missed.look(upstream, { 4: table({ 4000: 5 }) });
	missed.gone(upstream);
	missed.gone(own);
	expect(missed.total).toBe(5);
	missed.look(upstream, { 4: table({ 4000: 2 }) });
	expect(missed.total).toBe(7);
});
