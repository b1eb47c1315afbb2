import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Confidence, Finding, Severity } from "../../../src/doctor/finding.js";
import { layers } from "../../../src/doctor/finding.js";
import { layerOf, rank } from "../../../src/doctor/rank.js";

type Short = `${Finding["id"]} ${Severity} ${Confidence}`;

function finding(short: Short): Finding {
	const [id, severity, confidence] = short.split(" ") as [Finding["id"], Severity, Confidence];
	return {
		...{ id, severity, confidence, title: `title of ${id}`, cause: "c" },
		...{ fix: `fix of ${id}`, evidence: [`evidence of ${id}`] },
	};
}

const ranked = (...all: Short[]) => rank(all.map(finding)).map(({ id }) => id);

describe("the likeliest root cause", () => {
	test("is a fault, also where a warning is surer and earlier", () => {
		expect(ranked("dns.w warning proven", "audio.f fault possible")).toEqual(["audio.f", "dns.w"]);
	});

	test("is on the earliest layer: the rest follows from it", () => {
		expect(
			ranked("connection.f fault proven", "tcp.f fault proven", "turn.f fault proven"),
		).toEqual(["tcp.f", "turn.f", "connection.f"]);
	});

	test("may be likely: the refusal that it leads to is what is proven", () => {
		expect(ranked("signal.f fault proven", "token.f fault likely")).toEqual([
			"token.f",
			"signal.f",
		]);
	});

	test("is not a mere possibility where something later is proven", () => {
		expect(ranked("token.f fault possible", "audio.f fault proven")).toEqual([
			"audio.f",
			"token.f",
		]);
	});

	test("on one layer is the surest, then the one that is told first", () => {
		expect(ranked("turn.a fault likely", "turn.b fault proven", "turn.c fault proven")).toEqual([
			"turn.b",
			"turn.c",
			"turn.a",
		]);
	});
});

const anyFinding = fc
	.tuple(
		fc.constantFrom(...layers),
		fc.constantFrom("a", "b", "c"),
		fc.constantFrom<Severity>("fault", "warning"),
		fc.constantFrom<Confidence>("proven", "likely", "possible"),
	)
	.map(([layer, name, severity, confidence]) =>
		finding(`${layer}.${name} ${severity} ${confidence}`),
	);

/** Names that no link knows: what a file has wrong explains nothing here. */
function placeOf(layer: (typeof layers)[number]): number {
	return layer === "config" ? layers.length : layers.indexOf(layer);
}

describe("a line in a config file", () => {
	test("stands behind what names its cause itself, and tells it the line", () => {
		const all = rank(
			(
				[
					"config.coturn-secret-differs fault proven",
					"turn.wrong-secret fault proven",
					"tcp.refused fault proven",
				] satisfies Short[]
			).map(finding),
		);
		expect(all.map(({ id }) => id)).toEqual([
			...["tcp.refused", "turn.wrong-secret", "config.coturn-secret-differs"],
		]);
		expect(all[1]).toMatchObject({
			fix: "fix of config.coturn-secret-differs",
			evidence: [
				"evidence of turn.wrong-secret",
				"title of config.coturn-secret-differs",
				"evidence of config.coturn-secret-differs",
			],
		});
	});

	test("stands before what is but its symptom", () => {
		expect(ranked("tcp.refused fault proven", "config.livekit-unknown-key fault proven")).toEqual([
			"config.livekit-unknown-key",
			"tcp.refused",
		]);
		expect(
			ranked(
				"connection.advertised-unreachable fault proven",
				"config.node-ip-unreachable fault likely",
			),
		).toEqual(["config.node-ip-unreachable", "connection.advertised-unreachable"]);
	});

	test("makes sure what was only possible", () => {
		expect(
			ranked(
				"connection.join-fails fault likely",
				"turn.credentials-rejected fault possible",
				"config.coturn-user-differs fault proven",
			),
		).toEqual([
			...["config.coturn-user-differs", "turn.credentials-rejected", "connection.join-fails"],
		]);
	});

	test("explains no warning by a fault, and stands last where it explains nothing", () => {
		expect(ranked("config.coturn-user-quota fault proven", "audio.zero-pcm fault likely")).toEqual([
			"audio.zero-pcm",
			"config.coturn-user-quota",
		]);
		expect(
			ranked("stun.no-answer warning likely", "config.stun-servers-empty fault proven"),
		).toEqual([...["config.stun-servers-empty", "stun.no-answer"]]);
	});
});

describe("whatever is found", () => {
	test("nothing is lost or added, ranks count from 1", () => {
		fc.assert(
			fc.property(fc.array(anyFinding), (all) => {
				const result = rank(all);
				expect(result.map(({ rank }) => rank)).toEqual(all.map((_, index) => index + 1));
				expect(result.map(({ id }) => id).sort()).toEqual(all.map(({ id }) => id).sort());
			}),
		);
	});

	test("faults, then warnings; of each the possible ones last, and the others by layer", () => {
		const key = ({ id, severity, confidence }: Finding) =>
			(severity === "fault" ? 0 : 1_000) +
			(confidence === "possible" ? 100 : 0) +
			placeOf(layerOf({ id }));
		fc.assert(
			fc.property(fc.array(anyFinding), (all) => {
				const keys = rank(all).map(key);
				expect(keys).toEqual(keys.toSorted((one, other) => one - other));
			}),
		);
	});

	test("the order of the checks does not matter between layers", () => {
		fc.assert(
			fc.property(fc.uniqueArray(anyFinding, { selector: ({ id }) => layerOf({ id }) }), (all) => {
				expect(rank(all.toReversed())).toEqual(rank(all));
			}),
		);
	});
});
