import { UserError } from "../error/user-error.js";

/** The flags that say "repeatable" in their help. */
const repeatable: ReadonlySet<string> = new Set(["turn", "set", "margin", "figure", "advisory"]);

/**
 * yargs makes a list of a flag that is given twice; which of the two was meant, nobody knows.
 * @throws UserError naming the flag
 */
export function refuseRepeatedFlags(flags: Readonly<Record<string, unknown>>): true {
	for (const [name, value] of Object.entries(flags)) {
		if (!Array.isArray(value) || repeatable.has(name) || name === "_") continue;
		throw new UserError({
			message: `--${name} is given ${value.length} times.`,
			hint: "Give it once.",
		});
	}
	return true;
}
