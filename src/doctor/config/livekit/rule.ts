import type { LintFacts } from "../lint-facts.js";
import type { LintFinding } from "../lint-finding.js";
import type { LiveKitConfig } from "./livekit-config.js";
import type { YamlEdit } from "./yaml-edit.js";

/** Looks at one matter in a livekit.yaml; yields nothing where it is right. */
export type LiveKitRule = (
	config: LiveKitConfig,
	facts: LintFacts,
) => Iterable<LintFinding<YamlEdit>>;
