import type { Readable, Writable } from "node:stream";

/** A standard stream; a terminal knows its width. */
export type Output = Writable & { readonly columns?: number };

/** All that a command may know of the world around it; the real one is made in main.ts. */
export interface Environment {
	readonly argv: readonly string[];
	readonly env: NodeJS.ProcessEnv;
	/** Read by the flags that take `-`; absent: there is none. */
	readonly stdin?: Readable;
	readonly stdout: Output;
	readonly stderr: Output;
	readonly stdoutIsTty: boolean;
	readonly stderrIsTty: boolean;
	/** Aborts at the first SIGINT or SIGTERM: end gently. */
	readonly signal: AbortSignal;
	/** Aborts at the second: end at once. */
	readonly killSignal: AbortSignal;
	/** Ends the process as soon as its output is written, whatever native code still waits for; absent in tests. */
	readonly exit?: (code: number) => Promise<never>;
}
