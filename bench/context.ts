/** All that a command of the bench may know of the world around it; the real one is made in main.ts. */
export interface BenchContext {
	readonly env: NodeJS.ProcessEnv;
	/** Of livesoak. */
	readonly version: string;
	/** What is going on, on standard error. */
	readonly say: (line: string) => void;
	/** Results, on standard output. */
	readonly show: (text: string) => void;
	/** Writes all figures of a command as JSON. */
	readonly save: (kind: string, figures: object) => Promise<void>;
	/** Aborts at Ctrl-C. */
	readonly signal: AbortSignal;
}
