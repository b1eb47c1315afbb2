// The one place of this room that names a process by its id: nothing of our own process is read
// but its id, and signals go only to processes that this room started.
import { kill, pid } from "node:process";

/** The id of the process that runs this code. */
export const ownPid = pid;

/** Whether a process with this id exists, also when it belongs to another user. */
export function isAlive(processId: number): boolean {
	try {
		kill(processId, 0);
		return true;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === "EPERM";
	}
}

/** SIGKILL to the whole group that `processId` leads. A group that is gone already is no error. */
export function killGroup(processId: number): void {
	try {
		kill(-processId, "SIGKILL");
	} catch {
		// Gone between the decision and the signal: that is what was wanted.
	}
}
