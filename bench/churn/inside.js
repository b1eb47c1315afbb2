// Loaded into livesoak and its workers by `--import`, to see what /proc does not show: timers, and libuv's handles.
// A worker inherits it, because a forked process gets the Node options of its parent.
import { appendFileSync } from "node:fs";

const query = new URL(import.meta.url).searchParams;
const file = `${query.get("folder")}/${process.pid}.jsonl`;
const everyMs = Number(query.get("everyMs"));
// Looking up every interface of the machine is dear, and no matter here.
process.report.excludeNetwork = true;

setInterval(() => {
	const { libuv } = process.report.getReport();
	const { heapUsed } = process.memoryUsage();
	const timers = process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
	const line = { atMs: Date.now(), timers, handles: libuv.length, heapUsed };
	appendFileSync(file, `${JSON.stringify(line)}\n`);
}, everyMs).unref();
