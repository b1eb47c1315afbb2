import { OpusTapes } from "../../audio/opus-tapes.js";
import { connectStages } from "../../sample/stage.js";
import { TurnLook } from "../../turn/turn-look.js";
import type { Engine, EngineObserver, EngineParticipant, JoinOrder } from "../engine.js";
import type { EngineOptions } from "../engine-options.js";
import { iceFailure } from "../ice-failure.js";
import { JoinError } from "../join-error.js";
import { packageVersion } from "../package-version.js";
import { untilAborted } from "../until-aborted.js";
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
	readonly sees = new Set(connectStages.filter((stage) => stage !== "heard"));
	readonly #options: EngineOptions;
	readonly #tapes = new OpusTapes();
	readonly #turn: LiteTurn;
	#joins = 0;

	constructor(options: EngineOptions) {
		this.#options = options;
		this.#turn = new LiteTurn(options.clock);
	}

	async join(order: JoinOrder, observer: EngineObserver): Promise<EngineParticipant> {
		const { clock, ticker, sharedOffsetMs } = this.#options;
		const relay = await this.#turn.relayFor(order);
		const participant = new LiteParticipant(order, observer, {
			...{ clock, ticker, sharedOffsetMs, version: this.version, number: this.#joins++ },
			...{ turn: relay.server, relayProtocol: relay.protocol },
			tape: order.publish && this.#tapes.tapeFor(order.publish, order.dtx),
		});
		const look = new TurnLook(clock, order.iceServers, () => !participant.reached.has("gathered"));
		try {
			await participant.signal.join();
			await untilAborted(order.signal, participant.connected);
			return participant;
		} catch (error) {
			void participant.leave();
			if (error instanceof JoinError) throw error;
			const { reached } = participant;
			if (reached.has("ice")) throw new JoinError(dtlsFailure);
			const gathered = reached.has("gathered");
			const facts = { gathered, bridgeError: relay.lastError(), look: look.result, words: "" };
			throw new JoinError(iceFailure(order, facts));
		} finally {
			look.close();
		}
	}

	takeBridgeDelay() {
		return this.#turn.takeDelay();
	}

	async close(): Promise<void> {
		await this.#turn.close();
	}
}

/** What ended the connection, libdatachannel does not tell. */
const dtlsFailure = {
	stage: "dtls",
	cause: "disconnected",
	detail: "a candidate pair was nominated, the peer connection ended before DTLS was done",
} as const;
