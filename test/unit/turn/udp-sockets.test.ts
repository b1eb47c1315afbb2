import { expect, test } from "vitest";
import { parseUdpSockets } from "../../../src/turn/udp-sockets.js";

const table = `   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  347: 0100007F:D431 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 80521 2 00000000c0ffee00 17
 1410: 00000000:1F90 00000000:0000 07 00000000:00034B00 00:00000000 00000000  1000        0 80611 2 00000000c0ffee01 0

  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
12345: 00000000000000000000000000000000:C001 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 90001 2 00000000c0ffee02 3
`;

test("ports of both families and what the kernel dropped there", () => {
	const { ports, dropped } = parseUdpSockets(table);
	expect([...ports].sort()).toEqual([0xc001, 0x1f90, 0xd431].sort());
	expect([...dropped]).toEqual([
		[0xd431, 17],
		[0xc001, 3],
	]);
});

test("a table without sockets", () => {
	expect(parseUdpSockets("  sl  local_address drops\n").ports.size).toBe(0);
});
