import fc from "fast-check";
import { expect, test } from "vitest";
import { AppendFile, type AppendTarget } from "../../../src/sink/append-file.js";

/** A disk of limited size that tears the write which does not fit, as a real one does. */
class SmallDisk implements AppendTarget {
	content = Buffer.alloc(0);
	synced = "";
	closed = false;

	constructor(public room: number) {}

	async write(bytes: Uint8Array, position: number): Promise<void> {
		const end = Math.min(position + bytes.length, this.room);
		const next = Buffer.alloc(Math.max(end, this.content.length));
		this.content.copy(next);
		Buffer.from(bytes).copy(next, position, 0, Math.max(0, end - position));
		this.content = next;
		if (position + bytes.length > this.room) throw new Error("ENOSPC: no space left on device");
	}

	async sync(): Promise<void> {
		this.synced = this.content.toString();
	}

	async close(): Promise<void> {
		this.closed = true;
	}
}

function appending(disk: SmallDisk, maxPendingBytes = 1_000) {
	const troubles: unknown[] = [];
	return {
		troubles,
		file: new AppendFile(disk, maxPendingBytes, (error) => troubles.push(error)),
	};
}

test("lines reach the disk whole, in order, and synced", async () => {
	const disk = new SmallDisk(1_000);
	const { file } = appending(disk);
	file.append("one");
	const first = file.flush();
	file.append("two");
	await first;
	file.append("three");
	await file.close();
	expect(disk.synced).toBe("one\ntwo\nthree\n");
	expect(disk.closed).toBe(true);
});

test("a full disk is told, and the file heals when there is room again", async () => {
	const disk = new SmallDisk(6);
	const { file, troubles } = appending(disk);
	file.append("one");
	await file.flush();
	file.append("two-is-long");
	await file.flush();
	await file.flush();
	expect(troubles).toHaveLength(2);
	expect(disk.content.toString()).toBe("one\ntw");
	disk.room = 100;
	file.append("three");
	await file.close();
	expect(disk.synced).toBe("one\ntwo-is-long\nthree\n");
});

test("memory is bounded: a line that cannot wait is refused, the earlier ones are kept", async () => {
	const disk = new SmallDisk(0);
	const { file } = appending(disk, 10);
	expect(file.append("1234")).toBe(true);
	expect(file.append("5678")).toBe(true);
	expect(file.append("x")).toBe(false);
	await file.flush();
	disk.room = 100;
	await file.flush();
	expect(file.append("x")).toBe(true);
	await file.close();
	expect(disk.synced).toBe("1234\n5678\nx\n");
});

test("whatever the disk does in between, what is on it in the end is what was taken", async () => {
	const step = fc.record({
		line: fc.string({ unit: fc.constantFrom("a", "é", "日"), maxLength: 12 }),
		room: fc.nat(120),
		flush: fc.boolean(),
	});
	await fc.assert(
		fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
			const disk = new SmallDisk(0);
			const { file } = appending(disk, 60);
			let taken = "";
			for (const { line, room, flush } of steps) {
				disk.room = Math.max(disk.room, room);
				if (file.append(line)) taken += `${line}\n`;
				if (flush) await file.flush();
			}
			disk.room = 10_000;
			await file.close();
			expect(disk.content.toString()).toBe(taken);
		}),
	);
});
