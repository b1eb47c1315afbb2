import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import { findCoturn } from "../../src/backend/find-coturn.js";

/** Whether this coturn was built with its Prometheus library. Debian's is not. */
export async function coturnHasMetrics(): Promise<boolean> {
	// It prints its options for any that it does not know, and its exit code differs between versions.
	const help = await promisify(execFile)(await findCoturn(process.env), ["-h"]).catch(
		(error: { stdout?: string; stderr?: string }) => error,
	);
	return `${help.stdout}${help.stderr}`.includes("--prometheus");
}

/**
 * What a coturn 4.10.0 with metrics told of a run over it: while it went on, and from the fourth scrape on
 * what it told after it. For machines whose coturn tells nothing.
 */
export async function startRecordedCoturn(): Promise<{
	readonly address: string;
	stop(): Promise<void>;
}> {
	const [busy, after] = await Promise.all(
		["busy", "after"].map((moment) =>
			readFile(new URL(`../cases/grafana/coturn-4.10.0-${moment}.txt`, import.meta.url), "utf8"),
		),
	);
	let scrapes = 0;
	const server = createServer((_request, response) => {
		scrapes++;
		response.writeHead(200, { "content-type": "text/plain" }).end(scrapes < 4 ? busy : after);
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const stop = () =>
		new Promise<void>((resolve) => {
			server.close(() => resolve());
			server.closeAllConnections();
		});
	return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, stop };
}
