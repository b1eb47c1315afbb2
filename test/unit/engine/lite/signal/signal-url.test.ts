import { ReconnectReason } from "@livekit/protocol";
import { describe, expect, test } from "vitest";
import { pauseBefore } from "../../../../../src/engine/lite/signal/back-off.js";
import { signalUrl } from "../../../../../src/engine/lite/signal/signal-url.js";
import { unsupportedVersion } from "../../../../../src/engine/lite/signal/supported-version.js";

const order = { url: "ws://127.0.0.1:7880", autoSubscribe: true, clientVersion: "0.1.0" };

describe("the signalling address", () => {
	test("of a first join", () => {
		expect(signalUrl(order)).toBe(
			"ws://127.0.0.1:7880/rtc?auto_subscribe=1&adaptive_stream=0&protocol=16&sdk=livesoak&version=0.1.0",
		);
	});

	test("of a resume names the session and the reason", () => {
		const reason = ReconnectReason.RR_SUBSCRIBER_FAILED;
		const url = new URL(signalUrl({ ...order, resume: { participantSid: "PA_x&y", reason } }));
		expect(Object.fromEntries(url.searchParams)).toMatchObject({
			reconnect: "1",
			sid: "PA_x&y",
			reconnect_reason: "3",
		});
	});

	test.each([
		["http://host:1", "ws://host:1/rtc"],
		["https://host/", "wss://host/rtc"],
		["wss://host/livekit/", "wss://host/livekit/rtc"],
		["wss://user:secret@host#x", "wss://host/rtc"],
	])("%s becomes %s", (url, start) => {
		const address = signalUrl({ ...order, url });
		expect(address.slice(0, address.indexOf("?"))).toBe(start);
		expect(address).not.toContain("secret");
	});

	test("auto_subscribe is said either way", () => {
		expect(signalUrl({ ...order, autoSubscribe: false })).toContain("auto_subscribe=0");
	});
});

test("pauses spread from the third attempt on and end after ten", () => {
	expect(pauseBefore(0, 1)).toBe(0);
	expect(pauseBefore(1, 1)).toBe(300);
	expect(pauseBefore(2, 0.5)).toBe(1700);
	expect(pauseBefore(9, 0)).toBe(7000);
	expect(pauseBefore(10, 0)).toBeUndefined();
});

describe("server versions", () => {
	test.each(["1.7.0", "v1.9.12", "1.10.0", "1.13.5", "2.0.0", "1.13.5-rc1", "", "main"])(
		"%j works or may work",
		(version) => expect(unsupportedVersion(version)).toBeUndefined(),
	);
	test.each(["1.5.0", "v1.6.99", "1.0.9", "0.99.99"])("%j does not", (version) =>
		expect(unsupportedVersion(version)).toContain(version.replace("v", "")),
	);
});
