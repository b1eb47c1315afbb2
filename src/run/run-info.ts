import type { EngineName } from "../engine/engine-name.js";
import type { Resumption } from "./resume-point.js";

/** One machine of many, as it was when the run began. */
export interface RunAgent {
	/** For people; unique among the agents of the run. */
	readonly name: string;
	/** Unique for each start of an agent. */
	readonly id: string;
	/** Of livesoak. */
	readonly version: string;
	readonly cores: number;
	readonly memoryBytes: number;
	/** How many participants of one engine alone it offered to hold. */
	readonly capacity: Readonly<Record<EngineName, number>>;
	readonly labels: Readonly<Record<string, string>>;
	/** Redis's clock minus its own, and how far that may be off. */
	readonly clockOffsetMs: number;
	readonly clockErrorMs: number;
	/** How many seats of the plan it lives. */
	readonly seats: number;
}

/** What is known when a run starts: the content of run.json. Secrets are already removed. */
export interface RunInfo {
	/** Version of this shape. */
	readonly schema: 1;
	/** `<UTC time>-<scenario>-<id>`: also the name of the result folder. */
	readonly runId: string;
	readonly startedAt: string;
	/** What was typed, without secrets; absent in older folders. */
	readonly command?: string;
	readonly scenarioFile: string;
	/** SHA-256 of its text, so that a run is not resumed with another; absent in older folders. */
	readonly scenarioSha256?: string;
	readonly scenarioName: string;
	/** The scenario after overrides, as parsed; holds no secret. */
	readonly scenario: unknown;
	readonly seed: number;
	/** Host and port only, never a user, a path or a query. */
	readonly serverUrl: string;
	readonly serverEmbedded: boolean;
	readonly participants: number;
	readonly durationMs: number;
	readonly engines: Readonly<Record<string, string>>;
	readonly livesoakVersion: string;
	/** Each time that the run was killed and went on. */
	readonly resumed?: readonly Resumption[];
	/** The machines that live the plan; absent where it is this one. */
	readonly agents?: readonly RunAgent[];
	readonly machine: {
		readonly cpu: string;
		readonly cores: number;
		readonly memoryBytes: number;
		readonly os: string;
		readonly node: string;
	};
}
