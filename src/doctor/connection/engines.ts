import type { Engine } from "../../engine/engine.js";
import type { EngineName } from "../../engine/engine-name.js";
import type { EngineOptions } from "../../engine/engine-options.js";
import { SignalTap } from "../../engine/native/signal-tap.js";
import { startEngine } from "../../engine/start-engine.js";

/** The engines of one process, and a tap to look into the signalling of the native one. */
export class Engines {
	readonly native: Engine;
	readonly tap: SignalTap;
	readonly #options: EngineOptions;
	#lite: Promise<Engine> | undefined;

	private constructor(native: Engine, tap: SignalTap, options: EngineOptions) {
		this.native = native;
		this.tap = tap;
		this.#options = options;
	}

	static async start(options: EngineOptions): Promise<Engines> {
		const tap = new SignalTap(options);
		await tap.start();
		return new Engines(await startEngine("native", options), tap, options);
	}

	/** The light one is started when it is first asked for. */
	get(name: EngineName): Promise<Engine> {
		if (name === "native") return Promise.resolve(this.native);
		this.#lite ??= startEngine("lite", this.#options);
		return this.#lite;
	}

	async close(): Promise<void> {
		await this.tap.close();
		await this.native.close();
		await (await this.#lite)?.close();
	}
}
