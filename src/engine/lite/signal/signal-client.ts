import { type ReconnectReason, SignalRequest, UpdateSubscription } from "@livekit/protocol";
import type { Clock } from "../../../clock/clock.js";
import type { Failure } from "../../../participant/failure.js";
import { JoinError } from "../../join-error.js";
import { deliver } from "./deliver.js";
import type { SignalListener } from "./signal-listener.js";
import { SignalRequests } from "./signal-requests.js";
import { SignalSocket } from "./signal-socket.js";
import {
	beginSignal,
	nextWakeMs,
	type Phase,
	type ReconnectKind,
	type SignalEffect,
	type SignalEvent,
	type SignalLimits,
	type SignalState,
	sdkLimits,
} from "./signal-state.js";
import { stepSignal } from "./signal-step.js";
import { type ResumeOf, signalUrl } from "./signal-url.js";

/** How long the server may take to answer our closing of a socket. */
const closeWithinMs = 2_000;

export interface SignalOptions {
	/** ws, wss, http or https. */
	readonly url: string;
	readonly token: string;
	readonly autoSubscribe: boolean;
	/** Our own version, for the server's log. */
	readonly clientVersion: string;
	/** Takes any certificate. */
	readonly tlsInsecure: boolean;
	readonly clock: Clock;
	readonly listener: SignalListener;
	/** Ends everything at once; the server is still told, where a socket is open. */
	readonly signal: AbortSignal;
	/** @default those of LiveKit's SDKs, and a spread of its own for each participant */
	readonly limits?: SignalLimits;
}

/**
 * LiveKit's signalling of one participant: the driver of the state machine in `signal-state.ts`. It owns the
 * socket and one timer.
 */
export class SignalClient {
	/** What we ask of the server. */
	readonly send = new SignalRequests((message) =>
		this.#step({ kind: "request", request: new SignalRequest({ message }) }),
	);
	readonly #options: SignalOptions;
	readonly #queue: { readonly event: SignalEvent; readonly atMs: number }[] = [];
	readonly #joined: Promise<void>;
	#settle: { resolve: () => void; reject: (error: JoinError) => void } | undefined;
	#state: SignalState;
	#socket: SignalSocket | undefined;
	#closing: Promise<void> = Promise.resolve();
	#timer = new AbortController();
	#wakeAtMs: number | undefined;
	#isStepping = false;

	constructor(options: SignalOptions) {
		this.#options = options;
		const limits = options.limits ?? { ...sdkLimits, spread: Math.random() };
		this.#state = beginSignal(options.token, limits);
		this.#joined = new Promise((resolve, reject) => {
			this.#settle = { resolve, reject };
		});
		// Whoever never asks for the join is not to end the process with its failure.
		this.#joined.catch(() => {});
	}

	/**
	 * Opens the socket; resolves with the JoinResponse told to the listener. Once, and without a second try.
	 * @throws JoinError of stage `socket` or `joined`
	 */
	join(): Promise<void> {
		const { signal } = this.#options;
		if (signal.aborted) this.#end();
		else {
			signal.addEventListener("abort", this.#end, { once: true });
			this.#step({ kind: "start" });
		}
		return this.#joined;
	}

	get phase(): Phase["name"] {
		return this.#state.phase.name;
	}

	/** Our participant's sid; undefined before the join. */
	get participantSid(): string | undefined {
		return this.#state.session?.participantSid;
	}

	/** Responses that were not for this client, by name: counted, not fatal. */
	get unhandled(): ReadonlyMap<string, number> {
		return this.#state.unhandled;
	}

	/** For peer connections that failed: `resume` to have their ICE restarted, `restart` where that cannot help. */
	reconnect(how: ReconnectKind, reason: ReconnectReason): void {
		this.#step({ kind: "reconnect", how, reason });
	}

	/** The socket is gone, as when the network drops it: nobody says good-bye. */
	cut(): void {
		this.#socket?.cut();
	}

	/** To be said after `onResumed` or a restart's `onJoin`, once the peer connections are back. */
	recovered(): void {
		this.#step({ kind: "recovered" });
	}

	/** Tells the server that we go, and closes. Bounded; idempotent; resolves when the socket is closed. */
	async leave(): Promise<void> {
		this.#end();
		await this.#closing;
	}

	#end = (): void => {
		this.#step({ kind: "leave" });
		const detail = "the join was interrupted";
		this.#fail({ stage: "joined", cause: "aborted", detail });
	};

	/**
	 * A listener may call back into the client: its wish waits until the effects before it are done.
	 * @param atMs when it happened, if that was before now
	 */
	#step(event: SignalEvent, atMs = this.#options.clock.nowMs()): void {
		this.#queue.push({ event, atMs });
		if (this.#isStepping) return;
		this.#isStepping = true;
		try {
			for (let next = this.#queue.shift(); next; next = this.#queue.shift()) {
				const { state, effects } = stepSignal(this.#state, next.event, next.atMs);
				this.#state = state;
				for (const effect of effects) this.#do(effect, next.atMs);
			}
		} finally {
			this.#isStepping = false;
		}
		this.#schedule();
	}

	#do(effect: SignalEffect, atMs: number): void {
		const { listener } = this.#options;
		switch (effect.do) {
			case "open":
				this.#open(effect.resume);
				return;
			case "close":
				this.#close();
				return;
			case "send":
				this.#socket?.send(effect.request);
				return;
			case "deliver":
				deliver(effect.response, listener);
				return;
			case "joined":
				listener.onJoin(effect.join, atMs, effect.isRestart);
				this.#settle?.resolve();
				return;
			case "resumed": {
				const value = listener.onResumed(effect.reconnect);
				// livekit-server 1.9 dies, for everybody, of a sync state without a subscription.
				value.subscription ??= new UpdateSubscription({ subscribe: !this.#options.autoSubscribe });
				this.#socket?.send(new SignalRequest({ message: { case: "syncState", value } }));
				return;
			}
			case "pong":
				listener.onRtt(effect.rttMs);
				return;
			case "reconnecting":
				listener.onReconnecting(atMs, effect.how);
				return;
			case "reconnected":
				listener.onReconnected(atMs, effect.how);
				return;
			case "join-failed":
				this.#fail(effect.failure);
				return;
			case "disconnected":
				listener.onDisconnected(atMs, effect.failure);
				return;
		}
	}

	#open(resume: ResumeOf | undefined): void {
		const { clock, listener, tlsInsecure } = this.#options;
		const { token, limits } = this.#state;
		this.#close();
		const url = signalUrl({ ...this.#options, resume });
		const { openWithinMs } = limits;
		this.#socket = new SignalSocket(
			{ url, token, tlsInsecure, openWithinMs, clock },
			{
				onOpen: (atMs) => {
					if (this.phase === "connecting") listener.onSocket(atMs);
					this.#step({ kind: "open" });
				},
				onOpenFailed: (failure) => this.#step({ kind: "open-failed", failure }),
				onResponse: (response, atMs) => this.#step({ kind: "response", response }, atMs),
				onMalformed: () => this.#step({ kind: "malformed" }),
				onClosed: (detail) => this.#step({ kind: "closed", detail }),
			},
		);
	}

	#close(): void {
		const socket = this.#socket;
		if (!socket) return;
		this.#socket = undefined;
		const { clock } = this.#options;
		const done = new AbortController();
		const bound = clock.sleepUntil(clock.nowMs() + closeWithinMs, done.signal);
		const closing = socket.close(bound).finally(() => done.abort());
		this.#closing = Promise.all([this.#closing, closing]).then(() => {});
	}

	#fail(failure: Failure): void {
		this.#settle?.reject(new JoinError(failure));
	}

	/** One timer, for whatever the machine next waits for. */
	#schedule(): void {
		if (this.phase === "left") this.#options.signal.removeEventListener("abort", this.#end);
		const atMs = nextWakeMs(this.#state);
		// A deadline that moved away needs no new timer: the old one finds nothing due and sets the next.
		if (this.#wakeAtMs !== undefined && atMs !== undefined && this.#wakeAtMs <= atMs) return;
		this.#timer.abort();
		this.#wakeAtMs = atMs;
		if (atMs === undefined) return;
		this.#timer = new AbortController();
		const { signal } = this.#timer;
		void this.#options.clock.sleepUntil(atMs, signal).then(() => {
			if (signal.aborted) return;
			this.#wakeAtMs = undefined;
			this.#step({ kind: "time" });
		});
	}
}
