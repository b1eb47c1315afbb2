import * as z from "zod";
import { engineNames } from "../engine/engine-name.js";
import { icePolicies } from "../ice/policy.js";
import { data } from "./data.js";
import { choice, mapping, oneOf } from "./mapping.js";

export const engine = choice(engineNames).describe("How participants are made.");

export const ice = choice(icePolicies).describe(
	"How participants may reach the server. Forced means forced: the selected pair is checked.",
);

/** `none` is 0 tracks. */
export const subscribe = oneOf(
	[choice(["all", "none"]), z.int().min(0)],
	"all, none or a whole number of tracks",
	["all", "none"],
)
	.transform((tracks) => (tracks === "none" ? 0 : tracks))
	.describe("How many remote audio tracks each listening participant subscribes to.");

const count = (what: string) =>
	z.int().min(0).default(0).describe(`Number of participants in each room who ${what}.`);

const group = mapping({
	publishers: count("only publish audio"),
	subscribers: count("only listen"),
	both: count("publish and listen"),
	engine: engine.optional(),
	ice: ice.optional(),
	subscribe: subscribe.optional(),
	data: data.optional(),
}).describe(
	"Participants of each room; engine, ice, subscribe and data override the scenario's own.",
);

/** One group or a list of groups in, a list out. */
export const participants = oneOf(
	[group, z.array(group).min(1)],
	"a mapping with publishers, subscribers, both, or a list of such mappings",
)
	.transform((groups) => (Array.isArray(groups) ? groups : [groups]))
	.describe("Who is in each room: one group of participants or a list of groups.");
