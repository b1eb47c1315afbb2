import { expect, test } from "vitest";
import { type StopReason, StopSwitch } from "../../../src/run/stop-switch.js";

const threshold: StopReason = { kind: "threshold", text: "rtp.loss mean < 1%" };
const error: StopReason = { kind: "error", text: "workers are gone" };
const user: StopReason = { kind: "user", text: "stopped by the user" };

function heardSwitch() {
	const stop = new StopSwitch();
	const heard: StopReason[] = [];
	stop.onAsked((reason) => heard.push(reason));
	return { stop, heard };
}

test("the first reason wins and is heard once", () => {
	const { stop, heard } = heardSwitch();
	expect(stop.reason).toBeUndefined();
	stop.ask(threshold);
	stop.ask(error);
	expect([stop.reason, heard]).toEqual([threshold, [threshold]]);
});

test("who comes later hears it too", () => {
	const stop = new StopSwitch();
	stop.ask(error);
	const heard: StopReason[] = [];
	stop.onAsked((reason) => heard.push(reason));
	expect(heard).toEqual([error]);
});

test.each([
	["no reason of ours", undefined, user],
	["an error of somebody else", new Error("x"), user],
	["a stop reason", error, error],
])("a signal aborted with %s", (_, reason, expected) => {
	const before = heardSwitch();
	before.stop.follow(AbortSignal.abort(reason));
	const after = heardSwitch();
	const controller = new AbortController();
	after.stop.follow(controller.signal);
	expect(after.heard).toEqual([]);
	controller.abort(reason);
	for (const { stop, heard } of [before, after])
		expect([stop.reason, heard]).toEqual([expected, [expected]]);
});

test("a signal after another reason changes nothing", () => {
	const { stop, heard } = heardSwitch();
	const controller = new AbortController();
	stop.follow(controller.signal);
	stop.ask(threshold);
	controller.abort();
	expect([stop.reason, heard]).toEqual([threshold, [threshold]]);
});
