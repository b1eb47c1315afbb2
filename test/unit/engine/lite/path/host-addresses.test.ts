import type { NetworkInterfaceInfo } from "node:os";
import { expect, test } from "vitest";
import { hostAddresses } from "../../../../../src/engine/lite/path/host-addresses.js";

const entry = (family: "IPv4" | "IPv6", address: string, internal = false) =>
	({ family, address, internal }) as NetworkInterfaceInfo;

const interfaces = {
	lo: [entry("IPv4", "127.0.0.1", true), entry("IPv6", "::1", true)],
	eth0: [
		entry("IPv4", "192.0.2.7"),
		entry("IPv6", "2001:db8::7"),
		entry("IPv6", "fe80::1"),
		entry("IPv4", "169.254.3.4"),
	],
};

test("every address by which another machine can reach us", () => {
	expect(hostAddresses(interfaces, false)).toEqual({ 4: ["192.0.2.7"], 6: ["2001:db8::7"] });
});

test("a server on loopback sees loopback alone", () => {
	expect(hostAddresses(interfaces, true)).toEqual({ 4: ["127.0.0.1"], 6: [] });
});
