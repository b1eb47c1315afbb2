import type { IncomingMessage } from "node:http";
import { Pushgateway } from "prom-client";
import type { Push, PushReceiver } from "./push-receiver.js";
import type { PushTarget } from "./push-target.js";

/** Of all runs; Prometheus keeps it with `honor_labels: true`. */
export const pushedJob = "livesoak";

/**
 * A Prometheus Pushgateway. Each run is a group of its own, `job="livesoak"` and `run`, that every push
 * replaces whole (PUT): two runs never mix, and what a run no longer has is gone. Nothing is deleted at the end: a
 * Prometheus that has not scraped it yet still finds the last figures.
 */
export class PushgatewayReceiver implements PushReceiver {
	readonly name: string;
	readonly #target: PushTarget;

	constructor(target: PushTarget) {
		this.#target = target;
		this.name = `${target.flag} ${target.url.href}`;
	}

	async push({ run, registry }: Push, signal: AbortSignal): Promise<void> {
		const { url, authorization } = this.#target;
		const headers = {
			"content-type": registry.contentType,
			...(authorization === undefined ? {} : { authorization }),
		};
		// prom-client hands these options on to node:http as they are.
		const gateway = new Pushgateway(url.href.replace(/\/$/, ""), { headers, signal }, registry);
		const { resp } = await gateway.push({ jobName: pushedJob, groupings: { run: run.runId } });
		// The library takes a redirect for success, and follows none.
		const status = (resp as IncomingMessage).statusCode ?? 0;
		if (status < 200 || status >= 300) throw new Error(`push failed with status ${status}`);
	}
}
