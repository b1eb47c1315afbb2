import { join } from "node:path";
import type { LiveKitOverrides } from "../../src/backend/livekit-config.js";
import { type RunningServer, startLiveKit } from "../../src/backend/start-livekit.js";
import type { Finding } from "../../src/doctor/finding.js";
import { type CliRoom, toServer } from "./cli.js";
import { type CoturnVariant, type CoturnWith, startCoturnWith } from "./coturn-with.js";
import { startHttp } from "./local-services.js";
import type { Namespace } from "./network-namespace.js";
import { liveKitBinary } from "./real-parts.js";
import type { PublisherRig } from "./room-publisher.js";
import type { TestCa } from "./test-ca.js";

/** What is given to `livesoak doctor`. */
export interface Given {
	readonly args: readonly string[];
	readonly env?: NodeJS.ProcessEnv;
	/** Nothing that is printed has them. Tokens, and those of `env`, are looked for anyway. */
	readonly secrets?: readonly string[];
	/** Where it runs, in place of this machine's network. */
	readonly namespace?: Namespace;
}

/** A system with one mistake, on real parts, and what doctor must say first. */
export interface DoctorCase {
	readonly name: string;
	/** Of which field report: 1 to 8 as docs/doctor.md counts them. */
	readonly report?: number;
	/** Absent: nothing is found. */
	readonly expect?: Finding["id"];
	/** Audio works all the same: exit code 0. */
	readonly isWarning?: boolean;
	/** Among the few that always run. */
	readonly quick?: true;
	/** Needs root, for network namespaces. */
	readonly isNetwork?: true;
	prepare(rig: CaseRig): Promise<Given>;
}

/** A LiveKit and the coturn that it hands out, and how doctor is called for them. */
export interface WholeSystem {
	readonly livekit: RunningServer;
	readonly coturn: CoturnWith;
	readonly livekitConfig: string;
	readonly args: readonly string[];
	readonly env: NodeJS.ProcessEnv;
	readonly secrets: readonly string[];
}

export interface SystemOrder {
	readonly coturn?: CoturnVariant;
	readonly livekit?: LiveKitOverrides;
	/** Over each of `rtc.turn_servers`. */
	readonly handed?: Readonly<Record<string, unknown>>;
}

/** Starts parts for one case; `end` stops them, the last first. */
export class CaseRig {
	readonly #undo: (() => unknown)[] = [];

	constructor(
		readonly room: CliRoom,
		readonly ca: TestCa,
		readonly publisher: PublisherRig,
	) {}

	/** Stopped at the end. */
	keep<T extends { stop(): Promise<void> }>(part: T): T {
		this.onEnd(() => part.stop());
		return part;
	}

	onEnd = (close: () => unknown): void => void this.#undo.push(close);

	async end(): Promise<void> {
		for (const step of this.#undo.splice(0).reverse()) await step();
	}

	async livekit(overrides: LiveKitOverrides = {}): Promise<RunningServer> {
		return this.keep(await startLiveKit({ binary: await liveKitBinary(), overrides }));
	}

	async coturn(variant: CoturnVariant = {}): Promise<CoturnWith> {
		return this.keep(await startCoturnWith(variant));
	}

	/** Answers whatever is asked with this JSON, or with what is made of the body. @returns its URL */
	async service(answer: unknown | ((body: string) => unknown), status = 200): Promise<string> {
		const port = await startHttp(this.onEnd, (request, response) => {
			let body = "";
			request.setEncoding("utf8").on("data", (part) => {
				body += part;
			});
			request.on("end", async () => {
				const said = await (typeof answer === "function" ? answer(body) : answer);
				response.writeHead(status, { "content-type": "application/json" });
				response.end(typeof said === "string" ? said : JSON.stringify(said));
			});
		});
		return `http://127.0.0.1:${port}/`;
	}

	/** Healthy but for what the order says: STUN of its own, TURN over UDP and TCP. */
	async system({ coturn: variant, livekit: overrides, handed }: SystemOrder = {}) {
		const coturn = await this.coturn(variant);
		const livekit = await this.livekit(withRelay(coturn, overrides, handed));
		return wholeSystem(livekit, coturn);
	}
}

export function wholeSystem(livekit: RunningServer, coturn: CoturnWith): WholeSystem {
	const { args, env } = toServer(livekit);
	return {
		...{ livekit, coturn, livekitConfig: join(livekit.folder, "livekit.yaml") },
		...{ args: [...args, "--participants", "20"], env: { ...env } },
		secrets: [coturn.secret, livekit.apiSecret],
	};
}

/** livekit.yaml of a server whose clients get this coturn. */
export function withRelay(
	coturn: Pick<CoturnWith, "host" | "port" | "secret">,
	overrides: LiveKitOverrides = {},
	handed: Readonly<Record<string, unknown>> = {},
): LiveKitOverrides {
	const { host, port, secret } = coturn;
	const relay = { host, port, secret, ttl: 3_600 };
	const own = {
		stun_servers: [`${host}:${port}`],
		turn_servers: ["udp", "tcp"].map((protocol) => ({ ...relay, protocol, ...handed })),
	};
	const rtc = overrides.rtc as Readonly<Record<string, unknown>> | undefined;
	return { ...overrides, rtc: { ...own, ...rtc } };
}
