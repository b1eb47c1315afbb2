import type { Aggregates } from "../aggregate/aggregates.js";
import { type DistributionName, distributionNames } from "../aggregate/catalogue.js";
import type { Engine } from "../engine/engine.js";
import { connectStages } from "../sample/stage.js";

/** Metrics that only a decoder can tell; an engine that sees `heard` decodes. */
const decoderMetrics = ["audio.concealment", "audio.silence"] as const;

/**
 * The metrics that none of a run's engines can see, with the engines to name in the reason. They are
 * unknown, never zero.
 */
export function unseenMetrics(
	engines: readonly Pick<Engine, "name" | "sees">[],
): ReadonlyMap<DistributionName, readonly string[]> {
	const names = engines.map(({ name }) => name);
	const hidden = connectStages.filter((stage) => !engines.some(({ sees }) => sees.has(stage)));
	const metrics: DistributionName[] = hidden.map((stage) => `connect.${stage}` as const);
	if (hidden.includes("heard")) metrics.push(...decoderMetrics);
	return new Map(metrics.map((metric) => [metric, names]));
}

/** The unseen metrics of a run as summary.json lists them: a metric that has figures is not unknown. */
export function unknownMetrics(
	unseen: ReadonlyMap<string, readonly string[]>,
	totals: Aggregates,
): DistributionName[] {
	return distributionNames.filter(
		(name) => unseen.has(name) && totals.distribution(name) === undefined,
	);
}
