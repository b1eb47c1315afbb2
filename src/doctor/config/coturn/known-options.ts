import { didYouMean, nearest } from "../../../error/nearest.js";
import { optionKinds, outdated, repeatable, secretOptions } from "./options.js";
import type { TurnRule } from "./rule.js";
import { type Option, shownName, shownOption } from "./turn-config.js";

const known = [...optionKinds.keys()];

/** Names that coturn does not know: it logs "Bad configuration format" and goes on without them. */
export const knownOptions: TurnRule = function* (config) {
	for (const option of config.options) {
		const { name, line } = option;
		if (optionKinds.has(name) || outdated.has(name)) continue;
		const meant = nearest(name, known);
		yield config.finding(option, {
			id: "coturn-unknown-option",
			severity: "warning",
			title: `turnserver.conf has the unknown option "${shownName(name)}"${didYouMean(name, known)}`,
			cause: 'coturn logs "Bad configuration format" and goes on without it.',
			fix:
				meant === undefined
					? `remove "${shownName(name)}".`
					: `write "${meant}" in place of "${shownName(name)}".`,
			edits: meant === undefined ? [] : [{ do: "replace", line, text: written(meant, option) }],
		});
	}
};

/** Text behind a value that was meant as a comment or as an end: coturn takes it as a part of the value. */
export const valuesAlone: TurnRule = function* (config) {
	for (const option of config.options) {
		const { name, line } = option;
		const [, value = "", comment] = /^(.*?)\s*(?:(?<=^|\s)#(.*))?$/.exec(option.value) ?? [];
		const shown = secretOptions.has(name) ? "***" : value;
		if (comment !== undefined)
			yield config.finding(option, {
				id: "coturn-inline-comment",
				title: `turnserver.conf: the comment behind ${name} is a part of its value`,
				cause: `coturn knows comments on lines of their own only: ${name} is not "${shown}" but all of the line; for a flag it ends with "Unknown boolean value".`,
				fix: "put the comment on a line of its own.",
				edits: [
					{ do: "replace", line, text: `#${comment}\n${written(name, { ...option, value })}` },
				],
			});
		else if (option.value.endsWith(";"))
			yield config.finding(option, {
				id: "coturn-semicolon",
				title: `turnserver.conf: the value of ${name} ends with a semicolon`,
				cause: "coturn takes it as a part of the value.",
				fix: "remove the semicolon.",
				edits: [
					{
						do: "replace",
						line,
						text: written(name, { ...option, value: option.value.slice(0, -1) }),
					},
				],
			});
	}
};

/** Values that the option cannot take. */
export const valueKinds: TurnRule = function* (config) {
	for (const option of config.options) {
		const { name, value } = option;
		const kind = optionKinds.get(name);
		if (kind === undefined || value.includes("#") || value.endsWith(";")) continue;
		const isNumber = /^\d+$/.test(value);
		if (kind === "flag" && !/^($|[0-9nNfFyYtT]|(on|ON|On|off|OFF|Off)$)/.test(value))
			yield config.finding(option, {
				id: "coturn-value",
				title: `turnserver.conf: ${name} is a flag, not "${value}"`,
				cause: 'coturn ends at once with "Unknown boolean value".',
				fix: `write ${name} alone to switch it on, or remove the line.`,
			});
		else if (
			(kind === "number" && !isNumber) ||
			(kind === "numberOrDefault" && value !== "" && !isNumber)
		)
			yield config.finding(option, {
				id: "coturn-value",
				title: `turnserver.conf: ${name} is "${value}", which is no number`,
				cause: "coturn reads as many digits as it finds, and 0 where there are none.",
				fix: `give ${name} a whole number.`,
			});
		else if (kind === "text" && value === "")
			yield config.finding(option, {
				id: "coturn-value",
				title: `turnserver.conf: ${name} has no value`,
				cause: `coturn takes an empty ${name}.`,
				fix: `write ${name}=…, or remove the line.`,
			});
	}
};

/** One option with two values, of which only the last counts. */
export const optionsOnce: TurnRule = function* (config) {
	for (const option of config.options) {
		const last = config.last(option.name);
		if (last === undefined || last === option || repeatable.has(option.name)) continue;
		if (!optionKinds.has(option.name) || last.value === option.value) continue;
		yield config.finding(option, {
			id: "coturn-option-twice",
			severity: "warning",
			title: `turnserver.conf has ${option.name} twice, and only line ${last.line} counts`,
			cause: `Line ${option.line} (${shownOption(option)}) is overridden by line ${last.line} (${shownOption(last)}).`,
			fix: "remove the line that is wrong.",
		});
	}
};

function written(name: string, { value }: Option): string {
	return value === "" ? name : `${name}=${value}`;
}
