import { ProtobufMetricsSerializer } from "@opentelemetry/otlp-transformer";
import { resourceFromAttributes } from "@opentelemetry/resources";
import type { ResourceMetrics } from "@opentelemetry/sdk-metrics";
import { otlpMetrics } from "./push-otlp-metrics.js";
import type { Push, PushReceiver } from "./push-receiver.js";
import type { PushTarget } from "./push-target.js";

/** Where every OTLP/HTTP receiver takes metrics, below its base URL. */
const path = "/v1/metrics";

/**
 * OTLP over HTTP with protobuf (https://opentelemetry.io/docs/specs/otlp/#otlphttp): Prometheus from 3.0 on with
 * `--web.enable-otlp-receiver`, the OpenTelemetry Collector, Mimir, VictoriaMetrics.
 *
 * OpenTelemetry's serializer alone and not its exporter: that one keeps rejected data points to itself, cannot be
 * interrupted, and reads the environment.
 */
export class OtlpReceiver implements PushReceiver {
	readonly name: string;
	readonly #url: string;
	readonly #headers: Readonly<Record<string, string>>;

	constructor({ flag, url, authorization }: PushTarget) {
		const base = url.href.replace(/\/$/, "");
		this.#url = base.endsWith(path) ? base : `${base}${path}`;
		this.name = `${flag} ${this.#url}`;
		this.#headers = {
			"content-type": "application/x-protobuf",
			...(authorization === undefined ? {} : { authorization }),
		};
	}

	async push(push: Push, signal: AbortSignal): Promise<void> {
		const body = ProtobufMetricsSerializer.serializeRequest(await resourceMetrics(push));
		// A redirect would show the credentials to somebody else.
		const answer = await fetch(this.#url, {
			...{ method: "POST", headers: this.#headers, redirect: "manual", signal },
			...(body === undefined ? {} : { body: Buffer.from(body) }),
		});
		if (!answer.ok)
			throw new Error(`push failed with status ${answer.status}, ${await answer.text()}`);
		const { partialSuccess } = ProtobufMetricsSerializer.deserializeResponse(
			new Uint8Array(await answer.arrayBuffer()),
		);
		const rejected = Number(partialSuccess?.rejectedDataPoints ?? 0);
		if (rejected > 0)
			throw new Error(`${rejected} data points were rejected, ${partialSuccess?.errorMessage}`);
	}
}

/** Prometheus makes `job` of `service.name` and `instance` of `service.instance.id`. */
async function resourceMetrics({ run, registry, atMs }: Push): Promise<ResourceMetrics> {
	const metrics = await registry.getMetricsAsJSON();
	return {
		resource: resourceFromAttributes({
			"service.name": "livesoak",
			"service.version": run.livesoakVersion,
			"service.instance.id": run.runId,
		}),
		scopeMetrics: [
			{
				scope: { name: "livesoak", version: run.livesoakVersion },
				metrics: otlpMetrics(metrics, { startMs: Date.parse(run.startedAt), atMs }),
			},
		],
	};
}
