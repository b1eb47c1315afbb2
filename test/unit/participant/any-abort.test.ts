import { getEventListeners } from "node:events";
import { describe, expect, test } from "vitest";
import { anyAbort } from "../../../src/participant/any-abort.js";
import { tracesOn } from "./abort-traces.js";

describe("anyAbort", () => {
	test("aborts with the first source, with its reason, and only once", () => {
		const [first, second] = [new AbortController(), new AbortController()];
		const { signal } = anyAbort([first.signal, second.signal]);
		let aborts = 0;
		signal.addEventListener("abort", () => aborts++);
		expect(signal.aborted).toBe(false);
		second.abort("the second");
		first.abort("the first");
		expect({ aborted: signal.aborted, reason: signal.reason, aborts }).toEqual({
			...{ aborted: true, reason: "the second", aborts: 1 },
		});
	});

	test("a source that has aborted before counts at once", () => {
		const sources = [new AbortController().signal, AbortSignal.abort("long ago")];
		const { signal } = anyAbort(sources);
		expect({ aborted: signal.aborted, reason: signal.reason }).toEqual({
			...{ aborted: true, reason: "long ago" },
		});
		expect(sources.map(tracesOn)).toEqual([0, 0]);
	});

	test("released, it leaves nothing on its sources and no longer follows them", () => {
		const source = new AbortController();
		const { signal, release } = anyAbort([source.signal]);
		expect(getEventListeners(source.signal, "abort")).toHaveLength(1);
		release();
		release();
		expect(tracesOn(source.signal)).toBe(0);
		source.abort();
		expect(signal.aborted).toBe(false);
	});

	test("aborted by one source, it leaves nothing on the others", () => {
		const [short, long] = [new AbortController(), new AbortController()];
		anyAbort([short.signal, long.signal]);
		short.abort();
		expect(tracesOn(long.signal)).toBe(0);
	});
});
