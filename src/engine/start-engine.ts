import type { Engine } from "./engine.js";
import type { EngineName } from "./engine-name.js";
import type { EngineOptions } from "./engine-options.js";

/** Loaded only when named: libwebrtc is not free. */
const modules = {
	native: () => import("./native/native-engine.js"),
	lite: () => import("./lite/lite-engine.js"),
};

/** Starts an engine by the word in the scenario. */
export async function startEngine(name: EngineName, options: EngineOptions): Promise<Engine> {
	switch (name) {
		case "native":
			return (await modules.native()).NativeEngine.start(options);
		case "lite":
			return new (await modules.lite()).LiteEngine(options);
	}
}

/** Loads what an engine will need, ahead of its start. */
export async function loadEngine(name: EngineName): Promise<void> {
	await modules[name]();
}
