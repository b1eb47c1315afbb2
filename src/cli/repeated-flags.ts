import { UserError } from "../error/user-error.js";

/** The flags that say "repeatable" in their help. */
const repeatable: ReadonlySet<string> = new Set([
	"turn",
	"set",
	"margin",
	"figure",
	"advisory",
	"agent-label",
	"label",
	"allow-url",
]);

/**
 * yargs makes a list of a flag that is given twice; which of the two was meant, nobody knows.
 * @throws UserError naming the flag
 */
export function refuseRepeatedFlags(flags: Readonly<Record<string, unknown>>): true {
	for (const [name, value] of Object.entries(flags)) {
		if (!Array.isArray(value) || repeatable.has(kebab(name)) || name === "_") continue;
		throw new UserError({
			message: `--${kebab(name)} is given ${value.length} times.`,
			hint: "Give it once.",
		});
	}
	return true;
}

/** yargs has each flag of two words a second time, as `allowUrl`. */
function kebab(name: string): string {
	return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
