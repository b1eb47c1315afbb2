/** Why a run ends before its plan does. */
export interface StopReason {
	readonly kind: "user" | "threshold" | "error";
	readonly text: string;
}

/** The first reason to stop wins; later ones are not heard. */
export class StopSwitch {
	#reason: StopReason | undefined;
	#listener: (reason: StopReason) => void = () => {};

	get reason(): StopReason | undefined {
		return this.#reason;
	}

	onAsked(listener: (reason: StopReason) => void): void {
		this.#listener = listener;
		if (this.#reason) listener(this.#reason);
	}

	ask(reason: StopReason): void {
		if (this.#reason) return;
		this.#reason = reason;
		this.#listener(reason);
	}

	/** Asks when the signal aborts; the signal's reason is a StopReason, or the user it is. */
	follow(signal: AbortSignal): void {
		const ask = () => this.ask(isStopReason(signal.reason) ? signal.reason : stoppedByUser);
		if (signal.aborted) ask();
		else signal.addEventListener("abort", ask, { once: true });
	}
}

const stoppedByUser: StopReason = { kind: "user", text: "stopped by the user" };

function isStopReason(reason: unknown): reason is StopReason {
	return typeof reason === "object" && reason !== null && "kind" in reason && "text" in reason;
}
