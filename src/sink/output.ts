/** The part of a stream that text sinks need. `process.stderr` fits; only the CLI hands it in. */
export interface TextOutput {
	write(text: string): unknown;
	/** Width of a terminal in columns; absent where there is none. */
	readonly columns?: number;
}
