// The middle of an emulated link as a process of its own: its sockets are those of the network namespace that it is
// started in. Ruled by the messages of impairer-messages.ts; it goes when whoever started it goes.
import process from "node:process";
import { systemClock } from "../clock/system-clock.js";
import { serveImpairer } from "./serve-impairer.js";

const onMessage = serveImpairer(systemClock, (message) => {
	if (process.connected) process.send?.(message);
});
process.on("message", onMessage);
process.on("disconnect", () => process.exit(0));
// Ctrl-C in a terminal reaches the whole group: the run still needs its network to let everybody leave.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});
