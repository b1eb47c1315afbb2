import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { ProtobufMetricsSerializer } from "@opentelemetry/otlp-transformer";
import { describe, expect, onTestFinished, test } from "vitest";
import { prometheusRegistry } from "../../../src/sink/prometheus-registry.js";
import { OtlpReceiver } from "../../../src/sink/push-otlp.js";
import { PushgatewayReceiver } from "../../../src/sink/push-pushgateway.js";
import type { PushReceiver } from "../../../src/sink/push-receiver.js";
import { readPushTarget } from "../../../src/sink/push-target.js";
import { aggregatesOf, runInfo, samples, viewOf } from "./fabricated-run.js";

interface Asked {
	readonly method: string | undefined;
	readonly url: string | undefined;
	readonly headers: IncomingMessage["headers"];
	readonly body: Buffer;
}

/** A server that answers every request in the same way. @returns its URL and what it was asked */
async function answering(answer: (response: ServerResponse) => void) {
	const asked: Asked[] = [];
	const server = createServer(async (request, response) => {
		const body: Buffer[] = [];
		for await (const chunk of request) body.push(chunk);
		const { method, url, headers } = request;
		asked.push({ method, url, headers, body: Buffer.concat(body) });
		answer(response);
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	onTestFinished(() => {
		server.close();
		server.closeAllConnections();
	});
	const address = server.address();
	if (address === null || typeof address === "string") throw new Error("no port");
	return { url: `http://127.0.0.1:${address.port}`, asked };
}

const kinds = {
	"--pushgateway": (url: string, env = {}): PushReceiver =>
		new PushgatewayReceiver(readPushTarget("--pushgateway", url, env)),
	"--otlp": (url: string, env = {}): PushReceiver =>
		new OtlpReceiver(readPushTarget("--otlp", url, env)),
} as const;

const state = { run: runInfo, view: viewOf(aggregatesOf(samples)) };

function push(receiver: PushReceiver, signal = new AbortController().signal): Promise<void> {
	const registry = prometheusRegistry(() => state);
	return receiver.push({ run: runInfo, registry, atMs: state.view.nowMs }, signal);
}

const ok = (response: ServerResponse) => void response.writeHead(200).end();

test.each(["", "/", "/gateway"])(
	"a Pushgateway at %j: the run's group is replaced",
	async (base) => {
		const { url, asked } = await answering((response) => void response.writeHead(202).end());
		await push(kinds["--pushgateway"](url + base));
		expect(asked).toHaveLength(1);
		expect(asked[0]).toMatchObject({
			method: "PUT",
			url: `${base === "/" ? "" : base}/metrics/job/livesoak/run/${runInfo.runId}`,
		});
		expect(asked[0]?.headers["content-type"]).toMatch(/^text\/plain; version=0\.0\.4/);
		expect(asked[0]?.headers).not.toHaveProperty("authorization");
		expect(asked[0]?.body.toString()).toContain("livesoak_connect_stage_seconds_bucket{");
	},
);

test.each(["/api/v1/otlp", "/api/v1/otlp/", "/api/v1/otlp/v1/metrics"])(
	"OTLP at %s: protobuf to its path for metrics",
	async (base) => {
		const { url, asked } = await answering(ok);
		const receiver = kinds["--otlp"](url + base);
		await push(receiver);
		expect(asked[0]).toMatchObject({ method: "POST", url: "/api/v1/otlp/v1/metrics" });
		expect(receiver.name).toBe(`--otlp ${url}/api/v1/otlp/v1/metrics`);
		expect(asked[0]?.headers["content-type"]).toBe("application/x-protobuf");
		expect(asked[0]?.body.toString("latin1")).toContain("livesoak_connect_stage_seconds");
	},
);

describe.each(["--pushgateway", "--otlp"] as const)("%s", (flag) => {
	const word = flag.slice(2).toUpperCase();

	test("shows its own credentials", async () => {
		const { url, asked } = await answering(ok);
		await push(kinds[flag](url, { [`LIVESOAK_${word}_TOKEN`]: "tok-91" }));
		expect(asked[0]?.headers.authorization).toBe("Bearer tok-91");
	});

	test.each([400, 401, 404, 500, 503])(
		"status %i is a failure with the receiver's words",
		async (status) => {
			const { url } = await answering((response) => void response.writeHead(status).end("because"));
			await expect(push(kinds[flag](url))).rejects.toThrow(
				`push failed with status ${status}, because`,
			);
		},
	);

	test("a redirect is a failure, and is not followed: it could show the credentials to others", async () => {
		const { url, asked } = await answering(
			(response) => void response.writeHead(307, { location: "/elsewhere" }).end(),
		);
		await expect(push(kinds[flag](url))).rejects.toThrow("push failed with status 307");
		expect(asked).toHaveLength(1);
	});

	test("a receiver that never answers is let go when the signal says so", async () => {
		const stop = new AbortController();
		const { url } = await answering(() => stop.abort());
		await expect(push(kinds[flag](url), stop.signal)).rejects.toThrow();
	});

	test("so is one that begins to answer and stops", async () => {
		const stop = new AbortController();
		const { url } = await answering((response) => {
			response.writeHead(500).write("half");
			setImmediate(() => stop.abort());
		});
		await expect(push(kinds[flag](url), stop.signal)).rejects.toThrow();
	});
});

test("OTLP: data points that were rejected in a success are a failure", async () => {
	// ExportMetricsServiceResponse { partial_success: { rejected_data_points: 3, error_message: "too old" } }
	const partial = Buffer.concat([
		Buffer.from([0x0a, 11, 0x08, 3, 0x12, 7]),
		Buffer.from("too old"),
	]);
	expect(ProtobufMetricsSerializer.deserializeResponse(partial)).toMatchObject({
		partialSuccess: { errorMessage: "too old" },
	});
	const { url } = await answering((response) => void response.writeHead(200).end(partial));
	await expect(push(kinds["--otlp"](url))).rejects.toThrow("3 data points were rejected, too old");
});
