import { UserError } from "../error/user-error.js";

const switches: ReadonlySet<string> = new Set([
	...["json", "quiet", "once", "fix", "allow-same", "shares-only", "with-turn", "install-only"],
]);

/**
 * yargs takes any value of a switch but "true" as a no: `run --html=page.html` would write no page at all.
 * @param argv as it was typed, the command first
 * @throws UserError naming the switch
 */
export function refuseSwitchValues([command, ...rest]: readonly string[]): void {
	for (const word of rest) {
		if (word === "--") return;
		const [, name = "", value] = /^--([a-z-]+)=(.*)$/s.exec(word) ?? [];
		// Of report and compare it names a file.
		const isSwitch = switches.has(name) || (name === "html" && command === "run");
		if (!isSwitch || value === "true" || value === "false") continue;
		throw new UserError({
			message: `--${name} takes no value, got "${value}".`,
			hint: `Write --${name}, or --no-${name}.`,
		});
	}
}
