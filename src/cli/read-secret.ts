import { UserError } from "../error/user-error.js";
import type { Environment } from "./environment.js";

const mostBytes = 1024 * 1024;

/**
 * A secret as it is given, or what standard input holds for `-`, without the line break at its end.
 * @throws UserError when there is nothing, or far too much
 */
export async function readSecret(
	flag: string,
	given: string,
	{ stdin }: Pick<Environment, "stdin">,
): Promise<string> {
	const text = given === "-" ? await readAll(flag, stdin) : given;
	if (text.trim() !== "") return text;
	throw new UserError({
		message: `${flag} is empty.`,
		hint:
			given === "-" ? "Standard input held nothing." : "Is the variable set that it comes from?",
	});
}

async function readAll(flag: string, stdin: Environment["stdin"]): Promise<string> {
	const chunks: Buffer[] = [];
	let bytes = 0;
	for await (const chunk of stdin ?? []) {
		chunks.push(Buffer.from(chunk));
		bytes += chunk.length;
		if (bytes > mostBytes)
			throw new UserError({ message: `${flag} -: standard input holds more than 1 MiB.` });
	}
	return Buffer.concat(chunks)
		.toString("utf8")
		.replace(/\r?\n$/, "");
}

/** Flags whose value other users of the machine can see in the list of processes, and the variable for each. */
const variables = {
	token: "LIVEKIT_TOKEN",
	apiSecret: "LIVEKIT_API_SECRET",
	turnSecret: "LIVESOAK_TURN_SECRET",
	turnPassword: "LIVESOAK_TURN_PASSWORD",
} as const;

type SecretFlag = keyof typeof variables;

/** One line that says which secrets were better in the environment, or undefined. */
export function secretsHint(
	flags: { readonly [F in SecretFlag]?: string | undefined },
): string | undefined {
	const seen = (Object.keys(variables) as SecretFlag[]).filter(
		(flag) => flags[flag] !== undefined && flags[flag] !== "-",
	);
	if (seen.length === 0) return undefined;
	const better = seen.map((flag) => variables[flag]).join(", ");
	return `hint: a secret on the command line is seen by other users of this machine; better in ${better}`;
}
