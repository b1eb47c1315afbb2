import { explains, isOwnCause } from "./explains.js";
import { type Confidence, type Finding, type Layer, layers, type Severity } from "./finding.js";

/** A finding with its place: 1 is the likeliest root cause. */
export interface RankedFinding extends Finding {
	readonly rank: number;
}

/** What goes together: one thing observed, and what the config files say about it. */
interface Group {
	readonly severity: Severity;
	readonly confidence: Confidence;
	/** Its place on the way to heard audio. */
	readonly place: number;
	readonly members: readonly Finding[];
}

const severities: readonly Severity[] = ["fault", "warning"];
const confidences: readonly Confidence[] = ["proven", "likely", "possible"];

/**
 * The likeliest root cause first:
 * 1. faults before warnings;
 * 2. what is proven or likely before what is only possible. Of these the earlier layer first, also a likely one before a
 *    proven one of a later layer: there the failure is what the earlier fault does ("401" after a bad secret);
 * 3. on one layer the surer first, then in the order in which the check told them.
 *
 * A config finding that explains something observed stands beside that: behind it where the observation names its cause
 * itself ("wrong secret") or is surer, else before it ("refused", as the server did not start). The observation then
 * also tells the line in the file, as evidence and as the change to make. One that explains nothing observed comes
 * behind all that was observed: the system shows that something else is in the way.
 */
export function rank(findings: readonly Finding[]): RankedFinding[] {
	return groupsOf(findings)
		.toSorted(
			(one, other) =>
				severities.indexOf(one.severity) - severities.indexOf(other.severity) ||
				Number(one.confidence === "possible") - Number(other.confidence === "possible") ||
				one.place - other.place ||
				confidences.indexOf(one.confidence) - confidences.indexOf(other.confidence),
		)
		.flatMap(({ members }) => members)
		.map((finding, index) => ({ ...finding, rank: index + 1 }));
}

/** The layer that stands at the beginning of the id. */
export function layerOf({ id }: Pick<Finding, "id">): Layer {
	return id.slice(0, id.indexOf(".")) as Layer;
}

function placeOf(finding: Finding): number {
	const layer = layerOf(finding);
	return layer === "config" ? layers.length : layers.indexOf(layer);
}

function groupsOf(findings: readonly Finding[]): Group[] {
	const observed = findings.filter((each) => layerOf(each) !== "config");
	const read = findings.filter((each) => layerOf(each) === "config");
	// One file's mistake may show in several places; it stands beside the first cause among them.
	const byPlace = observed.toSorted((one, other) => placeOf(one) - placeOf(other));
	const explainedBy = (config: Finding) =>
		byPlace.find((each) => each.severity === config.severity && explains(config.id, each.id));
	const alone = read.filter((each) => explainedBy(each) === undefined);
	return [
		...alone.map((each) => groupOf(each, [])),
		...observed.map((each) =>
			groupOf(
				each,
				read.filter((config) => explainedBy(config) === each),
			),
		),
	];
}

/** @param explanations config findings about it */
function groupOf(observation: Finding, explanations: readonly Finding[]): Group {
	const sureness = ({ confidence }: Finding) => confidences.indexOf(confidence);
	const seen = withEvidence(observation, explanations);
	const isBefore = (config: Finding) =>
		isOwnCause(seen.id) ? sureness(config) < sureness(seen) : config.confidence !== "possible";
	const read = explanations.toSorted((one, other) => sureness(one) - sureness(other));
	const members = [...read.filter(isBefore), seen, ...read.filter((config) => !isBefore(config))];
	const surest = Math.min(...members.map(sureness));
	return {
		...{ severity: seen.severity, confidence: confidences[surest] ?? seen.confidence },
		...{ place: placeOf(observation), members },
	};
}

function withEvidence(observation: Finding, explanations: readonly Finding[]): Finding {
	const sure = explanations.filter(({ confidence }) => confidence !== "possible");
	if (sure.length === 0) return observation;
	return {
		...observation,
		// The line in the file is the exact change; what the check could say without it is less.
		fix: sure.map(({ fix }) => fix).join(" "),
		evidence: [
			...observation.evidence,
			...sure.flatMap(({ title, evidence }) => [title, ...evidence]),
		],
	};
}
