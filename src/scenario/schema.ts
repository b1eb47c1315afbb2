import * as z from "zod";
import { audio } from "./audio.js";
import { data } from "./data.js";
import { faults } from "./faults.js";
import { life } from "./life.js";
import { load } from "./load.js";
import { choice, mapping } from "./mapping.js";
import { engine, ice, participants, subscribe } from "./participants.js";
import { pool } from "./pool.js";
import { shown } from "./shown.js";
import { thresholds } from "./thresholds.js";
import { timeouts, token } from "./timeouts.js";
import { validity } from "./validity.js";

const name = z
	.string()
	.regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, {
		error: (issue) =>
			`expected lower-case letters, digits and single hyphens such as my-test, got ${shown(issue.input)}`,
	})
	.max(64)
	.describe("Short name of the scenario; becomes part of the result folder's name.");

/**
 * The scenario file, key by key: YAML's words in, milliseconds and plain numbers out.
 * Rules between keys are in combinations.ts.
 */
export const scenarioSchema = mapping({
	name,
	seed: z.int().min(0).default(1).describe("Same seed, same plan."),
	rooms: z.int().min(1).default(1).describe("Number of rooms."),
	participants,
	engine: engine.default("native"),
	ice: ice.default("direct"),
	audio,
	data: data.prefault("none"),
	subscribe: subscribe.prefault("all"),
	speakers: choice(["all", "simulate"])
		.default("all")
		.describe("all: every publisher talks all the time. simulate: they take turns."),
	media: choice(["audio", "none"]).default("audio").describe("none: signalling only."),
	load,
	life,
	faults,
	thresholds,
	tls: mapping({
		insecure: z.boolean().default(false).describe("Accept any certificate of the server."),
	})
		.prefault({})
		.describe("TLS to the server."),
	token,
	pool,
	timeouts,
	validity,
}).meta({ title: "livesoak scenario" });

/** A scenario as the schema leaves it, before defaults of groups and percentages are resolved. */
export type ParsedScenario = z.output<typeof scenarioSchema>;
