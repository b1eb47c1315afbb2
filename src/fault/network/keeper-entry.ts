// Removes a network of livesoak's when livesoak is gone, however it ended. The IPC channel is the life line, as with
// the guardian of a server (backend/guardian.ts); the session is its own, so that Ctrl-C in a terminal does not reach it.
import { spawnSync } from "node:child_process";
import process from "node:process";

/** From the process that makes the network, before it makes anything. */
export interface ToKeeper {
	/** Path of `ip`. */
	readonly ip: string;
	/** Each is tried; those whose thing is not there fail. */
	readonly calls: readonly (readonly string[])[];
}

const boundMs = 5_000;

let order: ToKeeper | undefined;

process.on("message", (message: ToKeeper) => {
	order = message;
	process.send?.("keeping");
});
// Also the way in which a maker that ends well lets it be done.
process.on("disconnect", remove);
for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, remove);

function remove(): void {
	for (const call of order?.calls ?? [])
		spawnSync(order?.ip ?? "ip", call, { stdio: "ignore", timeout: boundMs });
	process.exit(0);
}
