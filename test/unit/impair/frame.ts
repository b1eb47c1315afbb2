/** A VXLAN datagram: headers of VXLAN, Ethernet, IPv4 (10.78.0.1 to 10.78.0.2) and UDP or TCP before a payload. */
export function frame({
	payload = [] as readonly number[],
	protocol = 17,
	etherType = 0x0800,
	optionWords = 0,
	fragment = 0,
	/** Bytes of Ethernet padding. */
	padding = 0,
} = {}): Buffer {
	const vxlan = Buffer.from([8, 0, 0, 0, 0, 0, 77, 0]);
	const ethernet = Buffer.alloc(14);
	ethernet.writeUInt16BE(etherType, 12);
	const transport = Buffer.alloc(protocol === 6 ? 20 : 8);
	const ip = Buffer.alloc(20 + optionWords * 4);
	ip[0] = 0x45 + optionWords;
	ip.writeUInt16BE(ip.length + transport.length + payload.length, 2);
	ip.writeUInt16BE(fragment, 6);
	ip[9] = protocol;
	ip.set([10, 78, 0, 1, 10, 78, 0, 2], 12);
	return Buffer.concat([
		vxlan,
		ethernet,
		ip,
		transport,
		Buffer.from(payload),
		Buffer.alloc(padding, 0xff),
	]);
}
