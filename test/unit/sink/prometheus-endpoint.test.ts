import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { UserError } from "../../../src/error/user-error.js";
import { PrometheusSink } from "../../../src/sink/prometheus.js";
import { parsePrometheusAddress } from "../../../src/sink/prometheus-address.js";
import { aggregatesOf, runInfo, samples, viewOf } from "./fabricated-run.js";
import { parse, scrape } from "./prometheus-scrape.js";

const totals = aggregatesOf(samples);

describe("the endpoint", () => {
	const running: PrometheusSink[] = [];
	afterEach(async () => {
		for (const sink of running.splice(0)) await sink.stop();
	});

	async function started(): Promise<string> {
		const sink = new PrometheusSink({ host: "127.0.0.1", port: 0 });
		await sink.start(runInfo);
		running.push(sink);
		sink.onEvent({ kind: "server", atMs: 0, version: "1.13.5" });
		sink.onView(viewOf(totals));
		return `http://127.0.0.1:${sink.port}`;
	}

	test("serves the latest view at /metrics, and says where it is elsewhere", async () => {
		const url = await started();
		const answer = await fetch(`${url}/metrics`);
		expect(answer.headers.get("content-type")).toMatch(/^text\/plain; version=0\.0\.4/);
		// Its memory and descriptors differ from one moment to the next.
		const steady = (shown: Map<string, number>) =>
			[...shown].filter(([series]) => !/_parent_|_fds/.test(series));
		expect(steady(parse(await answer.text()))).toEqual(steady(await scrape(viewOf(totals))));
		expect((await fetch(url)).status).toBe(404);
		expect((await fetch(`${url}/metrics`, { method: "POST" })).status).toBe(405);
	});

	test("is gone after stop", async () => {
		const url = await started();
		await fetch(`${url}/metrics`).then((answer) => answer.text());
		await running.pop()?.stop();
		await expect(fetch(`${url}/metrics`)).rejects.toThrow();
	});

	test("a port in use is the user's to mend, and the flag is named", async () => {
		const other = createServer().listen(0, "127.0.0.1");
		await new Promise((resolve) => other.once("listening", resolve));
		const { port } = other.address() as AddressInfo;
		const failed = await new PrometheusSink({ host: "127.0.0.1", port })
			.start(runInfo)
			.catch((error: unknown) => error);
		await new Promise((resolve) => other.close(resolve));
		expect(failed).toBeInstanceOf(UserError);
		expect(failed).toMatchObject({
			message: `--prometheus 127.0.0.1:${port}: the port is already in use.`,
			exitCode: 2,
		});
	});
});

test.each([
	["127.0.0.1:9464", { host: "127.0.0.1", port: 9464 }],
	["[::1]:9464", { host: "::1", port: 9464 }],
	[":9464", { host: "0.0.0.0", port: 9464 }],
	["localhost:0", { host: "localhost", port: 0 }],
])("--prometheus %s is understood", (text, expected) => {
	expect(parsePrometheusAddress(text)).toEqual(expected);
});

test.each(["9464", "host", "host:", "host:http", "host:70000", "::1:9464", "http://host:9464", ""])(
	"--prometheus %j is refused",
	(text) => {
		expect(() => parsePrometheusAddress(text)).toThrow(/expected HOST:PORT/);
	},
);
