/** One end of an emulated link: a network device of its own, whose frames pass through the impairer. */
export interface VxlanEnd {
	/** Name of the new device, 15 characters at most. */
	readonly device: string;
	/**
	 * IPv4 address with prefix length, such as `10.78.0.1/24`; the other end has one of the same network. Absent: none,
	 * for a device that routes lead to.
	 */
	readonly address?: string;
	/** Address of the impairer as this end reaches it; this end's own one towards it. */
	readonly impairer: string;
	readonly own: string;
	/** UDP port of the tunnel, the same at the impairer and at both ends. */
	readonly port: number;
}

/** Both ends have it: frames of other tunnels are not taken. */
const networkIdentifier = 77;
/** 1500 less the headers of the tunnel (50 bytes): nothing is cut to fragments on the way to the impairer. */
const mtu = 1450;

/**
 * The arguments of the `ip` calls, in order, that make the end where they are run (in a network namespace: with
 * `-n NAME` before them). Needs root, and a kernel with VXLAN (RFC 7348), which most have built in. The device
 * sends each Ethernet frame in a UDP datagram to the impairer, which is a plain program: no driver, no packet
 * sockets. TCP is not handed over in segments larger than the wire's. IPv4 only, see inner-checksum.ts.
 */
export function vxlanEnd({ device, address, impairer, own, port }: VxlanEnd): readonly string[][] {
	const tunnel = ["id", `${networkIdentifier}`, "local", own, "remote", impairer];
	const how = ["dstport", `${port}`, "nolearning", "noudpcsum"];
	return [
		["link", "add", "name", device, "type", "vxlan", ...tunnel, ...how],
		["link", "set", "dev", device, "mtu", `${mtu}`, "gso_max_segs", "1"],
		...(address === undefined ? [] : [["addr", "add", address, "dev", device]]),
		["link", "set", "dev", device, "up"],
	];
}
