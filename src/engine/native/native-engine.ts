import { ContinualGatheringPolicy, dispose, IceServer, IceTransportType } from "@livekit/rtc-node";
import type { Clock } from "../../clock/clock.js";
import type { Ticker } from "../../clock/ticker.js";
import { isRelayPolicy } from "../../ice/policy-servers.js";
import type { Failure } from "../../participant/failure.js";
import { TurnLook } from "../../turn/turn-look.js";
import type { Engine, EngineObserver, EngineParticipant, JoinOrder } from "../engine.js";
import type { EngineOptions } from "../engine-options.js";
import { JoinError } from "../join-error.js";
import { packageVersion } from "../package-version.js";
import { untilAborted } from "../until-aborted.js";
import { explainFailure, type JoinProgress } from "./explain-failure.js";
import { NativeParticipant } from "./native-participant.js";
import { SignalFilter } from "./signal-filter.js";
import { SignalTap } from "./signal-tap.js";
import { TurnBridges } from "./turn-bridges.js";
import { warmUp } from "./warm-up.js";

/**
 * Participants on `@livekit/rtc-node` (libwebrtc): true decoding, tens of them a machine. It cannot see when a
 * candidate pair is nominated: `ice` stays unknown and `dtls` is when the peer connection was connected.
 */
export class NativeEngine implements Engine {
	readonly name = "native";
	readonly version =
		`rtc-node ${packageVersion("@livekit/rtc-node", import.meta.resolve("@livekit/rtc-node"))}`;
	readonly sees = new Set([
		"socket",
		"joined",
		"gathered",
		"dtls",
		"published",
		"media",
		"heard",
	] as const);
	readonly #clock: Clock;
	readonly #ticker: Ticker;
	readonly #sharedOffsetMs: EngineOptions["sharedOffsetMs"];
	readonly #tap: SignalTap;
	readonly #bridges = new TurnBridges();
	#joins = 0;

	private constructor(options: EngineOptions & { tap: SignalTap }) {
		this.#clock = options.clock;
		this.#ticker = options.ticker;
		this.#sharedOffsetMs = options.sharedOffsetMs;
		this.#tap = options.tap;
	}

	static async start(options: EngineOptions): Promise<NativeEngine> {
		const tap = new SignalTap(options);
		await tap.start();
		await warmUp(tap.nowhere);
		return new NativeEngine({ ...options, tap });
	}

	async join(order: JoinOrder, observer: EngineObserver): Promise<EngineParticipant> {
		const progress: JoinProgress = {
			joined: false,
			gathered: false,
			connected: false,
			sidByMid: {},
		};
		const relay = await this.#bridges.serversFor(order);
		const key = `${++this.#joins}`;
		const url = this.#tap.register(key, order.url, this.#listen(order, observer, progress));
		const participant = new NativeParticipant(order, observer, {
			clock: this.#clock,
			ticker: this.#ticker,
			sharedOffsetMs: this.#sharedOffsetMs,
			relayIsBridged: relay.bridged,
			sidByMid: () => progress.sidByMid,
			onLeft: () => this.#tap.unregister(key),
		});
		const look = new TurnLook(this.#clock, order.iceServers, () => !progress.gathered);
		try {
			await untilAborted(
				order.signal,
				participant.room.connect(url, order.token, roomOptions(order, relay.servers)),
			);
			progress.connected = true;
			observer.onStage("dtls", this.#clock.nowMs());
			await untilAborted(order.signal, participant.begin());
			return participant;
		} catch (error) {
			const turn = { bridgeError: relay.lastError(), look: look.result };
			const failure = explainFailure(order, progress, turn, error);
			// A connect that is still under way ends by itself: its sockets are refused from here on.
			progress.connected = true;
			void participant.leave();
			throw new JoinError(failure);
		} finally {
			look.close();
		}
	}

	async close(): Promise<void> {
		await this.#tap.close();
		await this.#bridges.close();
		await dispose();
	}

	#listen(order: JoinOrder, observer: EngineObserver, progress: JoinProgress) {
		const filter = new SignalFilter(order.icePolicy, {
			onWelcome: (welcome) => {
				if (progress.joined) return;
				progress.joined = true;
				observer.onStage("joined", this.#clock.nowMs());
				observer.onWelcome(welcome);
			},
			onGathered: () => {
				progress.gathered = true;
				observer.onStage("gathered", this.#clock.nowMs());
			},
			onTracks: (sidByMid) => {
				progress.sidByMid = { ...progress.sidByMid, ...sidByMid };
			},
			onLeave: (reason) => {
				progress.leaveReason = reason;
			},
		});
		return {
			filter,
			// Before the JoinResponse rtc-node tries `/rtc/v1`, then `/rtc` on older servers. After it, and
			// before the peer connection is up, another socket would be a silent retry.
			mayConnect: () => !order.signal.aborted && (!progress.joined || progress.connected),
			onSocket: () => observer.onStage("socket", this.#clock.nowMs()),
			onSocketFailure: (failure: Failure) => {
				progress.socketFailure = failure;
			},
		};
	}
}

function roomOptions(order: JoinOrder, servers: JoinOrder["iceServers"]) {
	return {
		autoSubscribe: order.subscribe === "all",
		dynacast: false,
		rtcConfig: {
			iceTransportType: isRelayPolicy(order.icePolicy)
				? IceTransportType.TRANSPORT_RELAY
				: IceTransportType.TRANSPORT_ALL,
			continualGatheringPolicy: ContinualGatheringPolicy.GATHER_CONTINUALLY,
			iceServers: servers.map(
				({ urls, username, password }) => new IceServer({ urls: [...urls], username, password }),
			),
		},
	};
}
