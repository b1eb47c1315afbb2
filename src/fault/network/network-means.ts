import type { Impairment } from "../../impair/impairment.js";
import type { NetworkEffect, NetworkFault } from "../../scenario/fault.js";

/** With what an impairment is made. */
export type NetworkMeans = "tc netem" | "nftables" | "tc tbf" | "emulator";

/** Beside netem each kernel has its own means for some of them; the rest is done by a process of ours. */
const withoutNetem: Readonly<Record<NetworkFault, NetworkMeans>> = {
	loss: "nftables",
	partition: "nftables",
	bandwidth: "tc tbf",
	delay: "emulator",
	jitter: "emulator",
	reorder: "emulator",
	duplicate: "emulator",
};

export function meansFor({ do: kind }: Pick<NetworkEffect, "do">, hasNetem: boolean): NetworkMeans {
	return hasNetem ? "tc netem" : withoutNetem[kind];
}

/** For people. */
export const meansText: Readonly<Record<NetworkMeans, string>> = {
	"tc netem": "tc netem, both ways",
	nftables: "nftables drops, both ways (this kernel has no netem)",
	"tc tbf": "tc tbf, both ways (this kernel has no netem)",
	emulator: "user-space emulator over VXLAN, both ways (this kernel has no netem)",
};

/** What waits longer than this for a narrow network is dropped. */
const queueMs = 200;
/** Packets that netem may hold back: minutes of a busy network. */
const netemLimit = ["limit", "100000"];

/** Behind `tc qdisc replace dev DEVICE root netem`; see tc-netem(8). */
export function netemArguments(effect: NetworkEffect): string[] {
	switch (effect.do) {
		case "loss":
			return [...netemLimit, "loss", percent(effect.ratio)];
		case "duplicate":
			return [...netemLimit, "duplicate", percent(effect.ratio)];
		case "delay":
			return [...netemLimit, "delay", `${effect.byMs}ms`];
		case "jitter":
			// Uniform around the first figure, so from 0 to `by`.
			return [...netemLimit, "delay", `${effect.byMs / 2}ms`, `${effect.byMs / 2}ms`];
		case "reorder":
			// This share goes at once, the others are delayed.
			return [...netemLimit, "delay", `${effect.byMs}ms`, "reorder", percent(1 - effect.ratio)];
		case "bandwidth":
			return ["limit", `${queuePackets(effect.kilobitsPerSecond)}`, "rate", kbit(effect)];
		case "partition":
			return ["loss", "100%"];
	}
}

/** Behind `tc qdisc replace dev DEVICE root tbf`; see tc-tbf(8). */
export function tbfArguments(effect: Extract<NetworkEffect, { do: "bandwidth" }>): string[] {
	return ["rate", kbit(effect), "burst", "3200", "latency", `${queueMs}ms`];
}

/** A rule of nftables that drops; both directions of a router are forwarded through the same chain. */
export function dropRule(effect: Extract<NetworkEffect, { do: "loss" | "partition" }>): string {
	if (effect.do === "partition") return "drop";
	return `numgen random mod 100000 < ${Math.round(effect.ratio * 100_000)} drop`;
}

/** What our own emulator is told. */
export function emulated(effect: NetworkEffect): Partial<Impairment> {
	switch (effect.do) {
		case "loss":
			return { lossRatio: effect.ratio };
		case "partition":
			return { lossRatio: 1 };
		case "duplicate":
			return { duplicateRatio: effect.ratio };
		case "delay":
			return { delayMs: effect.byMs };
		case "jitter":
			return { jitterMs: effect.byMs };
		case "reorder":
			return { reorderRatio: effect.ratio, reorderMs: effect.byMs };
		case "bandwidth":
			return { kilobitsPerSecond: effect.kilobitsPerSecond, queueMs };
	}
}

function kbit({ kilobitsPerSecond }: { readonly kilobitsPerSecond: number }): string {
	return `${kilobitsPerSecond}kbit`;
}

function percent(share: number): string {
	return `${Number((share * 100).toFixed(4))}%`;
}

/** Full packets of 1,500 bytes; at least a few, or nothing comes through. */
function queuePackets(kilobitsPerSecond: number): number {
	return Math.max(10, Math.ceil((kilobitsPerSecond * queueMs) / (1500 * 8)));
}
