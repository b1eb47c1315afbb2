import type { LintFacts } from "../lint-facts.js";
import type { LintFinding } from "../lint-finding.js";
import type { LineEdit } from "./line-edit.js";
import type { TurnConfig } from "./turn-config.js";

/** Looks at one matter in a turnserver.conf; yields nothing where it is right. */
export type TurnRule = (config: TurnConfig, facts: LintFacts) => Iterable<LintFinding<LineEdit>>;
