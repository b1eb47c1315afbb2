const keptLines = 200;
const longestLine = 2_000;

/** The last lines that a process wrote: bounded, so that a soak of days does not fill the memory. */
export class LogTail {
	readonly #lines: string[] = [];

	/** Keeps `line`, cut at 2,000 characters; the oldest line beyond 200 is dropped. */
	push(line: string): void {
		this.#lines.push(line.length > longestLine ? `${line.slice(0, longestLine)}…` : line);
		if (this.#lines.length > keptLines) this.#lines.shift();
	}

	/** Oldest first. */
	lines(): string[] {
		return [...this.#lines];
	}
}
