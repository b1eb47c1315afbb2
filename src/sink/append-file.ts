import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";

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
	return targetOf(await open(path, "wx"));
}

/**
 * Opens a file to be gone on with, or a new one where there is none.
 * @returns also where its whole lines end: what a crash has cut off behind that is written over
 */
export async function oldFile(path: string): Promise<{ target: AppendTarget; bytes: number }> {
	// Not "a": positions are given.
	const file = await open(path, constants.O_RDWR | constants.O_CREAT);
	try {
		const bytes = await wholeLines(file);
		await file.truncate(bytes);
		return { target: targetOf(file), bytes };
	} catch (error) {
		await file.close();
		throw error;
	}
}

/** Where the last newline of a file ends. */
async function wholeLines(file: FileHandle): Promise<number> {
	const chunk = Buffer.alloc(64 * 1024);
	let { size: end } = await file.stat();
	while (end > 0) {
		const start = Math.max(0, end - chunk.length);
		const { bytesRead } = await file.read(chunk, 0, end - start, start);
		const newline = chunk.subarray(0, bytesRead).lastIndexOf(0x0a);
		if (newline >= 0) return start + newline + 1;
		end = start;
	}
	return 0;
}

/** @param file opened for writing, not for appending: positions are given */
export function targetOf(file: FileHandle): AppendTarget {
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
	#target: AppendTarget;
	readonly #maxPendingBytes: number;
	readonly #onTrouble: (error: unknown) => void;
	#pending: string[] = [];
	#pendingBytes = 0;
	#durable: number;
	#working: Promise<void> | undefined;

	/**
	 * @param maxPendingBytes Lines beyond this are refused until the disk catches up.
	 * @param onTrouble Told of each failed flush; the caller decides how often to speak of it.
	 * @param bytes Whole lines that the file holds already.
	 */
	constructor(
		target: AppendTarget,
		maxPendingBytes: number,
		onTrouble: (error: unknown) => void,
		bytes = 0,
	) {
		this.#durable = bytes;
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

	/** Bytes of whole lines that are on the disk. */
	get durable(): number {
		return this.#durable;
	}

	/**
	 * Puts another file in the place of this one, while nothing is written; lines that come meanwhile wait for it.
	 * @param change given how many bytes are on the disk; what it returns is appended to from then on
	 * @throws what `change` throws: the file stays what it was then
	 */
	async swap(
		change: (durable: number) => Promise<{ target: AppendTarget; bytes: number }>,
	): Promise<void> {
		while (this.#working) await this.#working;
		const swapping = change(this.#durable).then(async ({ target, bytes }) => {
			const old = this.#target;
			this.#target = target;
			this.#durable = bytes;
			await old.close().catch(this.#onTrouble);
		});
		this.#working = swapping
			.catch(() => {})
			.then(() => this.#drain())
			.finally(() => {
				this.#working = undefined;
			});
		await swapping;
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
