import { OpusTapes } from "../../audio/opus-tapes.js";
import { isRelayPolicy } from "../../ice/policy-servers.js";
import type { Failure } from "../../participant/failure.js";
import { noCandidateCause } from "../../participant/join-lifecycle.js";
import { stages } from "../../sample/stage.js";
import { unreachableTurn } from "../../turn/reachable.js";
import type { Engine, EngineObserver, EngineParticipant, JoinOrder } from "../engine.js";
import type { EngineOptions } from "../engine-options.js";
import { JoinError } from "../join-error.js";
import { packageVersion } from "../package-version.js";
import { LiteParticipant } from "./lite-participant.js";
import { LiteTurn } from "./lite-turn.js";

/**
 * Participants on libdatachannel, hundreds a core: RTP is counted by its headers, nothing is decoded, so `heard`
 * and silence stay unknown.
 */
export class LiteEngine implements Engine {
	readonly name = "lite";
	readonly version =
		`node-datachannel ${packageVersion("node-datachannel", import.meta.resolve("node-datachannel"))}`;
	readonly sees = new Set(stages.filter((stage) => stage !== "heard"));
	readonly #options: EngineOptions;
	readonly #tapes = new OpusTapes();
	readonly #turn: LiteTurn;
	#joins = 0;

	constructor(options: EngineOptions) {
		this.#options = options;
		this.#turn = new LiteTurn(options.clock);
	}

	async join(order: JoinOrder, observer: EngineObserver): Promise<EngineParticipant> {
		const { clock, ticker } = this.#options;
		const relay = await this.#turn.relayFor(order);
		const participant = new LiteParticipant(order, observer, {
			...{ clock, ticker, version: this.version, number: this.#joins++ },
			...{ turn: relay.server, relayProtocol: relay.protocol },
			tape: order.publish && this.#tapes.tapeFor(order.publish, order.dtx),
		});
		try {
			await participant.signal.join();
			await untilAborted(order.signal, participant.connected);
			return participant;
		} catch (error) {
			void participant.leave();
			if (error instanceof JoinError) throw error;
			throw new JoinError(await explain(order, participant.gathered, relay.lastError()));
		}
	}

	async close(): Promise<void> {
		await this.#turn.close();
	}
}

/** Why a participant that was let in got no connection. */
async function explain(
	order: JoinOrder,
	gathered: boolean,
	bridgeError: { code: string; message: string } | undefined,
): Promise<Failure> {
	if (bridgeError) {
		const cause = bridgeError.code === "ECONNREFUSED" ? "turn-unreachable" : "turn-tls";
		return { stage: "ice", cause, detail: `TURN: ${bridgeError.message} (${bridgeError.code})` };
	}
	if (gathered) {
		const detail = "candidates were exchanged, no pair connected";
		return { stage: "ice", cause: "no-nominated-pair", detail };
	}
	const cause = noCandidateCause(order.icePolicy);
	const detail = `no ${order.icePolicy} candidate was gathered`;
	if (!isRelayPolicy(order.icePolicy)) return { stage: "ice", cause, detail };
	const unreachable = await unreachableTurn(order.iceServers);
	if (unreachable) return { stage: "ice", cause: "turn-unreachable", detail: unreachable };
	const hint =
		"its TURN server answers but allocated nothing: look at credentials, realm and quota";
	return { stage: "ice", cause, detail: `${detail}; ${hint}` };
}

function untilAborted<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
	return new Promise((resolve, reject) => {
		const abort = () => reject(new Error("aborted"));
		if (signal.aborted) abort();
		signal.addEventListener("abort", abort, { once: true });
		promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
	});
}
