import type { Problem } from "./problem.js";
import type { ParsedScenario } from "./schema.js";

const dataMetric = /^data(\.|Packets|Bytes)/;

/** Data needs somebody to send it, and the peer connections that carry media. */
export function dataProblems(
	raw: Record<string, unknown>,
	{ participants, data, media, thresholds = {} }: Partial<ParsedScenario>,
): Problem[] {
	if (participants === undefined || data === undefined) return [];
	const placeOf = (i: number) => (Array.isArray(raw.participants) ? [i] : []);
	const asked = [
		...(data === "none"
			? []
			: [{ path: ["data"], groups: participants.filter((group) => group.data === undefined) }]),
		...participants.flatMap((group, i) => {
			if (group.data === undefined || group.data === "none") return [];
			return [{ path: ["participants", ...placeOf(i), "data"], groups: [group] }];
		}),
	];
	if (media === "none")
		return asked.map(({ path }) => {
			return { path, part: "key", message: "data is impossible with media: none" };
		});
	const unsent = asked.filter(
		({ groups }) =>
			groups.length > 0 && groups.every(({ publishers, both }) => publishers + both === 0),
	);
	const problems = unsent.map(({ path }): Problem => {
		return { path, part: "value", message: "nobody publishes who could send it" };
	});
	// Groups may have taken all of it back.
	if (asked.some(({ groups }) => groups.length > 0)) return problems;
	return Object.keys(thresholds).flatMap((metric): Problem[] => {
		if (!dataMetric.test(metric)) return [];
		const message = `nobody sends data; add data: {rate: 10/s}`;
		return [{ path: ["thresholds", metric], part: "key", message }];
	});
}
