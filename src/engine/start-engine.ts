import type { Engine } from "./engine.js";
import type { EngineName } from "./engine-name.js";
import type { EngineOptions } from "./engine-options.js";

/** Starts an engine by the word in the scenario. Loaded only when named: libwebrtc is not free. */
export async function startEngine(name: EngineName, options: EngineOptions): Promise<Engine> {
	switch (name) {
		case "native":
			return (await import("./native/native-engine.js")).NativeEngine.start(options);
		case "lite":
			return new (await import("./lite/lite-engine.js")).LiteEngine(options);
	}
}
