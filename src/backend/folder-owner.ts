import { readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { isAlive, ownPid } from "./pid.js";

/** `<boot id> <PID namespace> <pid> <start of the process>`, in a file of its own for each process. */
const noteForm = /^([0-9a-f-]{36} pid:\[\d+\]) (\d+) (\d+)$/;
const noteName = /^owner-\d+$/;

/**
 * Leaves a note in the folder that this process uses it; each process that does leaves its own. Linux only:
 * elsewhere, and where it cannot be written, there is none, and the folder is never taken for abandoned.
 */
export function noteOwner(folder: string): void {
	try {
		const note = `${scopeOfPids()} ${ownPid} ${startOf(ownPid).ticks}`;
		if (noteForm.test(note)) writeFileSync(join(folder, `owner-${ownPid}`), note, { mode: 0o600 });
	} catch {
		// Somebody has to remove it by hand if nobody is left who can.
	}
}

/**
 * Whether every process that left a note in the folder is gone for certain. Without a note, with one that is
 * damaged, or from before the last boot, from another container or machine, it is not certain.
 * @throws what the file system says
 */
export async function isAbandoned(folder: string): Promise<boolean> {
	const names = (await readdir(folder)).filter((name) => noteName.test(name));
	if (names.length === 0) return false;
	const notes = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
	const scope = scopeOfPids();
	return notes.every((note) => {
		const [, noted, pid, ticks] = noteForm.exec(note) ?? [];
		return noted !== undefined && noted === scope && isGone(Number(pid), ticks ?? "");
	});
}

/** A process id means something only within one boot of one machine, and there within one PID namespace. */
function scopeOfPids(): string | undefined {
	// Else /proc counts the processes of another namespace than the one in which we live.
	if (readlinkSync("/proc/self") !== String(ownPid)) return undefined;
	const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
	return `${boot} ${readlinkSync("/proc/self/ns/pid")}`;
}

function isGone(pid: number, ticks: string): boolean {
	if (!isAlive(pid)) return true;
	try {
		const now = startOf(pid);
		// Another process may have got the id; one that was killed keeps it until its parent takes note.
		return now.ticks !== ticks || now.state === "Z";
	} catch {
		// Alive, and not for us to see.
		return false;
	}
}

/** proc_pid_stat(5): field 3, and 22 (clock ticks from boot). Field 2, the name, may itself hold spaces and `)`. */
function startOf(pid: number) {
	const text = readFileSync(`/proc/${pid}/stat`, "utf8");
	const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
	return { state: fields[0], ticks: fields[19] };
}
