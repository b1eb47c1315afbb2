import { BlockList, isIPv6 } from "node:net";

export type Reach = "loopback" | "private" | "public";

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8);
loopback.addAddress("::1", "ipv6");

/** RFC 1918, RFC 6598 (carrier NAT), RFC 3927 and RFC 4291 (link-local), RFC 4193 (unique local). */
const inside = new BlockList();
inside.addSubnet("10.0.0.0", 8);
inside.addSubnet("172.16.0.0", 12);
inside.addSubnet("192.168.0.0", 16);
inside.addSubnet("100.64.0.0", 10);
inside.addSubnet("169.254.0.0", 16);
inside.addSubnet("fe80::", 10, "ipv6");
inside.addSubnet("fc00::", 7, "ipv6");

/** From how far an IPv4 or IPv6 address can be reached. */
export function reachOf(address: string): Reach {
	const family = isIPv6(address) ? "ipv6" : "ipv4";
	if (loopback.check(address, family)) return "loopback";
	return inside.check(address, family) ? "private" : "public";
}
