import { closeSync, openSync } from "node:fs";
import { expect, test } from "vitest";
import { commandLine, innerReadings, vitalsOf } from "../../../../bench/churn/vitals.js";

test("/proc tells what a process holds: a file that is opened is one descriptor and no socket more", () => {
	const before = vitalsOf(process.pid);
	const fd = openSync("/dev/null", "r");
	const during = vitalsOf(process.pid);
	closeSync(fd);
	expect(during?.fds).toBe((before?.fds ?? 0) + 1);
	expect(during?.sockets).toBe(before?.sockets);
	expect(during?.threads).toBeGreaterThan(0);
	expect(during?.rssBytes).toBeGreaterThan(during?.anonymousBytes ?? Number.NaN);
});

test("a process that is gone has no vitals, and one that was not looked into no inner ones", () => {
	expect(commandLine(2 ** 22 + 1)).toBe("");
	expect(vitalsOf(2 ** 22 + 1)).toBeUndefined();
	expect(innerReadings("/nonexistent", 1)).toEqual([]);
});
