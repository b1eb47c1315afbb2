import type { Resumption } from "./resume-point.js";

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
	readonly machine: {
		readonly cpu: string;
		readonly cores: number;
		readonly memoryBytes: number;
		readonly os: string;
		readonly node: string;
	};
}
