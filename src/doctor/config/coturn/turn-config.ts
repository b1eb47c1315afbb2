import { UserError } from "../../../error/user-error.js";
import { type LintFinding, placed, type RuleFinding } from "../lint-finding.js";
import type { LineEdit } from "./line-edit.js";
import { optionKinds, outdated, secretOptions } from "./options.js";

/** One option as it stands in the file. */
export interface Option {
	/** 1-based. */
	readonly line: number;
	readonly name: string;
	/** Behind `=` or blanks, without the quotes around it; empty for a flag that stands alone. */
	readonly value: string;
}

/**
 * A turnserver.conf as coturn 4.6.1 reads it (`read_config_file`, `parse_arg_string`): an option a line, `name`,
 * `name=value` or `name value`; a comment only where a line begins with `#`. Of an option that stands twice the last
 * one counts.
 */
export class TurnConfig {
	readonly fileName: string;
	readonly options: readonly Option[];

	/** @throws UserError (exit 2) where no line is an option of coturn */
	constructor(text: string, fileName: string) {
		this.fileName = fileName;
		this.options = text.split("\n").flatMap((source, i) => parsed(source, i + 1));
		const isKnown = ({ name }: Option) => optionKinds.has(name) || outdated.has(name);
		if (this.options.length > 0 && !this.options.some(isKnown))
			throw new UserError({
				message: `${fileName} is no turnserver.conf: none of its lines is an option of coturn`,
				hint: "--turn-config takes the turnserver.conf that coturn reads.",
			});
	}

	/** The one that counts: the last of its name. */
	last(name: string): Option | undefined {
		return this.options.findLast((option) => option.name === name);
	}

	all(name: string): readonly Option[] {
		return this.options.filter((option) => option.name === name);
	}

	value(name: string): string | undefined {
		return this.last(name)?.value;
	}

	/** As C's atoi reads it; `fallback` where the option is not there. */
	number(name: string, fallback: number): number {
		const value = this.value(name);
		return value === undefined ? fallback : atoi(value);
	}

	/** Whether a flag is on: it is there, and not as `=0`, `=no`, `=false` or `=off`. */
	isOn(name: string): boolean {
		const value = this.value(name);
		return value !== undefined && !/^([0nNfF]|off$|OFF$|Off$)/.test(value);
	}

	/** A finding about an option, or, with undefined, about one that is missing. */
	finding(option: Option | undefined, rule: RuleFinding<LineEdit>): LintFinding<LineEdit> {
		return placed(rule, this.fileName, option?.line, option && shownOption(option));
	}
}

/** `name=value`; secrets, and values of names that coturn does not know, hidden. */
export function shownOption({ name, value }: Option): string {
	if (value === "") return shownName(name);
	const isShown = optionKinds.has(name) && !secretOptions.has(name);
	return `${shownName(name)}=${isShown ? value : "***"}`;
}

/** An unknown name may be a secret that slipped onto a line of its own, or `name:secret`. */
export function shownName(name: string): string {
	if (optionKinds.has(name) || outdated.has(name)) return name;
	const [word = ""] = /^[\w-]*/.exec(name) ?? [];
	return word === "" || word.length > 32 || /\d/.test(word) ? "…" : word;
}

/** The number that a text begins with, else 0. */
export function atoi(text: string): number {
	return Number(/^\s*[-+]?\d+/.exec(text)?.[0] ?? 0);
}

function parsed(source: string, line: number): readonly Option[] {
	const text = source.trim();
	if (text === "" || text.startsWith("#")) return [];
	const [, name = "", rest = ""] = /^([^ =\t]*)[ =\t]*(.*)$/.exec(text) ?? [];
	return [{ line, name, value: rest.startsWith('"') ? rest.slice(1).replace(/"$/, "") : rest }];
}
