// The emulated link's middle, as a process of its own: the sockets are those of the namespace it is started in.
// Ruled by the messages of src/impair/impairer-messages.ts; it goes when whoever started it goes.
import { systemClock } from "../../dist/clock/system-clock.js";
import { serveImpairer } from "../../dist/impair/serve-impairer.js";

const onMessage = serveImpairer(systemClock, (message) => process.send?.(message));
process.on("message", onMessage);
process.on("disconnect", () => process.exit(0));
