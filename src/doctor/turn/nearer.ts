import { type Reach, reachOf } from "../network/reach-of.js";

const order: readonly Reach[] = ["loopback", "private", "public"];

/** Whether who reaches `other` may be unable to reach `address`, by the kind of address alone. */
export function isNearer(address: string, other: string): boolean {
	return order.indexOf(reachOf(address)) < order.indexOf(reachOf(other));
}
