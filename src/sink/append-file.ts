import { open } from "node:fs/promises";

/** Where appended bytes go; a file, or a stand-in that fails on purpose. */
export interface AppendTarget {
	/** Writes all of `bytes` at `position`, or rejects. */
	write(bytes: Uint8Array, position: number): Promise<void>;
	/** Resolves when what was written survives a power cut. */
	sync(): Promise<void>;
	close(): Promise<void>;
}

/** Opens a new file. @throws when it exists or cannot be made (Node's error with its `code`). */
export async function newFile(path: string): Promise<AppendTarget> {
	const file = await open(path, "wx");
	return {
		async write(bytes, position) {
			for (let done = 0; done < bytes.length; ) {
				const { bytesWritten } = await file.write(
					bytes,
					done,
					bytes.length - done,
					position + done,
				);
				done += bytesWritten;
			}
		},
		sync: () => file.datasync(),
		close: () => file.close(),
	};
}

/**
 * Appends lines in order, in the background, with bounded memory.
 *
 * Invariant: bytes before `#durable` are whole lines on the disk. A failed write (disk full) leaves
 * `#durable` where it was and keeps its lines, so the next flush writes over the torn piece and the file
 * heals by itself as soon as there is room again.
 */
export class AppendFile {
	readonly #target: AppendTarget;
	readonly #maxPendingBytes: number;
	readonly #onTrouble: (error: unknown) => void;
	#pending: string[] = [];
	#pendingBytes = 0;
	#durable = 0;
	#working: Promise<void> | undefined;

	/**
	 * @param maxPendingBytes Lines beyond this are refused until the disk catches up.
	 * @param onTrouble Told of each failed flush; the caller decides how often to speak of it.
	 */
	constructor(target: AppendTarget, maxPendingBytes: number, onTrouble: (error: unknown) => void) {
		this.#target = target;
		this.#maxPendingBytes = maxPendingBytes;
		this.#onTrouble = onTrouble;
	}

	/** Queues one line (without its newline). False when the queue is full: the line was not taken. */
	append(line: string): boolean {
		const bytes = Buffer.byteLength(line) + 1;
		if (this.#pendingBytes + bytes > this.#maxPendingBytes) return false;
		this.#pending.push(`${line}\n`);
		this.#pendingBytes += bytes;
		return true;
	}

	/** Starts writing what is queued, unless that is under way. Never rejects and never blocks. */
	flush(): Promise<void> {
		this.#working ??= this.#drain().finally(() => {
			this.#working = undefined;
		});
		return this.#working;
	}

	/** One last flush, then closes. Never rejects. */
	async close(): Promise<void> {
		await this.flush();
		// Lines that came while that flush was ending.
		if (this.#pending.length > 0) await this.flush();
		await this.#target.close().catch(this.#onTrouble);
	}

	async #drain(): Promise<void> {
		while (this.#pending.length > 0) {
			const taken = this.#pending.length;
			const bytes = Buffer.from(this.#pending.join(""));
			try {
				await this.#target.write(bytes, this.#durable);
				await this.#target.sync();
			} catch (error) {
				this.#onTrouble(error);
				return;
			}
			this.#durable += bytes.length;
			this.#pending.splice(0, taken);
			this.#pendingBytes -= bytes.length;
		}
	}
}
