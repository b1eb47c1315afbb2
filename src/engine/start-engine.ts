import type { Clock } from "../clock/clock.js";
import type { Ticker } from "../clock/ticker.js";
import type { Engine } from "./engine.js";
import type { EngineName } from "./engine-name.js";

export interface EngineOptions {
	readonly clock: Clock;
	readonly ticker: Ticker;
	readonly tlsInsecure: boolean;
}

/** Starts an engine by the word in the scenario. Loaded only when named: libwebrtc is not free. */
export async function startEngine(name: EngineName, options: EngineOptions): Promise<Engine> {
	switch (name) {
		case "native":
			return (await import("./native/native-engine.js")).NativeEngine.start(options);
	}
}
