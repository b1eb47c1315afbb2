import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import type { Namespace } from "./network-namespace.js";

/** One RTP packet as Wireshark's dissector reads it. */
export interface CapturedRtp {
	/** Epoch milliseconds, the kernel's. */
	readonly atMs: number;
	/** `address:port` */
	readonly from: string;
	readonly to: string;
	readonly fromServer: boolean;
	readonly ssrc: string;
	readonly sequence: number;
	readonly timestamp: number;
}

export interface CaptureRequest {
	/** "lo", or the interface of a namespace. */
	readonly on: string | Namespace;
	/** The server's UDP ports. */
	readonly ports: { readonly udpStart: number; readonly udpEnd: number };
	/** The server's TCP port of signalling, to be captured too. */
	readonly signalPort?: number;
}

export interface Capture {
	/** @throws Error if the capture itself missed a packet: then it is no truth */
	stop(): Promise<CapturedRtp[]>;
	/** As `stop`, with a reading of one's own. @param read gets the capture's file, which is gone after it */
	stopAndRead<T>(read: (file: string) => T): Promise<T>;
}

const startWithinMs = 10_000;
const stopWithinMs = 10_000;
/** No capture outlives its test by long, however that ends. */
const longestS = 90;
/** The kernel hands packets over in blocks; where dumpcap is stopped at once it leaves the last one lying. */
const lastBlockMs = 700;

/** How the tests of this file or group capture; what they leave behind goes after the last. */
export function withCaptures(): (request: CaptureRequest) => Promise<Capture> {
	const open = new Map<ChildProcess, string>();
	afterAll(async () => {
		for (const [child, folder] of open) {
			child.kill("SIGKILL");
			await rm(folder, { recursive: true, force: true });
		}
	});
	return async (request) => {
		const folder = await mkdtemp(join(tmpdir(), "livesoak-capture-"));
		const file = join(folder, "udp.pcapng");
		const child = startDumpcap(request, file);
		open.set(child, folder);
		const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
		let said = "";
		const begun = new Promise<void>((resolve) => {
			child.stderr?.on("data", (chunk) => {
				said += chunk;
				// Told once the capture is under way.
				if (said.includes("File: ")) resolve();
			});
		});
		await bounded(Promise.race([begun, closed]), startWithinMs, child);
		if (child.exitCode !== null) throw new Error(`dumpcap did not start:\n${said}`);
		const stopAndRead = async <T>(read: (file: string) => T): Promise<T> => {
			await new Promise((resolve) => setTimeout(resolve, lastBlockMs));
			child.kill("SIGINT");
			await bounded(closed, stopWithinMs, child);
			const figures = /received\/dropped on interface .*: (\d+)\/(\d+)/.exec(said) ?? [];
			const [, received = "0", missed] = figures;
			if (received === "0" || missed !== "0") throw new Error(`no whole capture:\n${said}`);
			const packets = read(file);
			open.delete(child);
			await rm(folder, { recursive: true });
			return packets;
		};
		return { stopAndRead, stop: () => stopAndRead((at) => readRtp(at, request.ports)) };
	};
}

function startDumpcap({ on, ports, signalPort }: CaptureRequest, file: string): ChildProcess {
	const device = typeof on === "string" ? on : on.interfaceName;
	const udp = `udp portrange ${ports.udpStart}-${ports.udpEnd}`;
	const filter = signalPort === undefined ? udp : `${udp} or tcp port ${signalPort}`;
	// 16 MiB of kernel buffer: a busy machine must not make holes.
	const bounds = ["-B", "16", "-a", `duration:${longestS}`];
	const own = ["-q", "-i", device, "-f", filter, ...bounds, "-w", file];
	const [program, args] = typeof on === "string" ? ["dumpcap", own] : on.within("dumpcap", own);
	return spawn(program, args, { stdio: ["ignore", "ignore", "pipe"] });
}

const fields = [
	...["frame.time_epoch", "ip.src", "udp.srcport", "ip.dst", "udp.dstport"],
	...["rtp.ssrc", "rtp.seq", "rtp.timestamp", "rtp.p_type"],
];

function readRtp(file: string, ports: CaptureRequest["ports"]): CapturedRtp[] {
	const decode = ["-d", `udp.port==${ports.udpStart}-${ports.udpEnd},rtp`, "-Y", "rtp.ssrc"];
	return dissect(file, decode, fields).flatMap(
		([time, source, sourcePort, target, targetPort, ssrc = "", sequence, timestamp, type]) => {
			// RTCP on the same port (RFC 5761).
			if (Number(type) >= 64 && Number(type) <= 95) return [];
			return {
				atMs: Number(time) * 1000,
				from: `${source}:${sourcePort}`,
				to: `${target}:${targetPort}`,
				fromServer: Number(sourcePort) >= ports.udpStart && Number(sourcePort) <= ports.udpEnd,
				...{ ssrc, sequence: Number(sequence), timestamp: Number(timestamp) },
			};
		},
	);
}

/** Wireshark's fields of each packet. @param decode options of tshark that say what is what */
export function dissect(
	file: string,
	decode: readonly string[],
	fields: readonly string[],
): string[][] {
	const shown = ["-T", "fields", ...fields.flatMap((field) => ["-e", field])];
	const rows = execFileSync("tshark", ["-n", "-r", file, ...decode, ...shown], {
		encoding: "utf8",
		stdio: ["ignore", "pipe", "ignore"],
		maxBuffer: 2 ** 28,
	});
	// Not the blanks at the end of a line: they are empty fields.
	return rows
		.replace(/\n$/, "")
		.split("\n")
		.map((row) => row.split("\t"));
}

async function bounded(promise: Promise<void>, ms: number, child: ChildProcess): Promise<void> {
	const timer = setTimeout(() => child.kill("SIGKILL"), ms);
	await promise.finally(() => clearTimeout(timer));
}
