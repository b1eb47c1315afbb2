import { redact } from "../error/redact.js";
import { shellWord } from "../error/shell-word.js";

/** Flags whose value is a secret, or may hold one, and what stands for it: the variable that is to be set, if any. */
const secretFlags: Readonly<Record<string, string>> = {
	"api-secret": '"$LIVEKIT_API_SECRET"',
	"turn-secret": '"$LIVESOAK_TURN_SECRET"',
	"turn-password": '"$LIVESOAK_TURN_PASSWORD"',
	"token-body": "'***'",
};

/**
 * What was typed, to be kept in run.json and typed again: without secrets.
 * @param argv the words after the program's name
 * @param url of the server, to be named where the words do not; undefined: an embedded one
 */
export function typedCommand(argv: readonly string[], url: string | undefined): string {
	const words: string[] = [];
	const flags = new Set<string>();
	for (let at = 0; at < argv.length; at++) {
		const word = argv[at] ?? "";
		const [, flag = "", value] = /^--?([\w-]+)(?:=([\s\S]*))?$/.exec(word) ?? [];
		const name = kebab(flag);
		flags.add(name);
		const standIn = secretFlags[name];
		if (standIn === undefined) words.push(shellWord(redact(withoutQuery(word))));
		else {
			words.push(`--${name}`, standIn);
			if (value === undefined) at += 1;
		}
	}
	if (url !== undefined && !flags.has("url")) {
		words.push("--url", shellWord(redact(withoutQuery(url))));
	}
	return ["livesoak", ...words].join(" ");
}

/** Nobody knows what a service takes as a secret there. TURN URIs keep theirs, which is a transport. */
function withoutQuery(word: string): string {
	return word.replace(/\b((?:https?|wss?):\/\/[^\s?#]*)\?[^\s#]*/gi, "$1?***");
}

/** yargs takes `--apiSecret` as well. */
function kebab(flag: string): string {
	return flag.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
