import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { UserError } from "../error/user-error.js";
import { isExecutableFile } from "./find-on-path.js";

/**
 * The program that an environment variable names, checked: it is the user's explicit wish, so a
 * wrong one is an error and never silently replaced by another.
 *
 * @param variable name of the environment variable, for the message
 * @param wanted what the file should be, for the hint: "livekit-server"
 * @returns `undefined` where the variable is unset or empty
 * @throws UserError where the path is no executable file
 */
export async function namedProgram(
	env: NodeJS.ProcessEnv,
	variable: string,
	wanted: string,
): Promise<string | undefined> {
	const path = env[variable];
	if (path === undefined || path === "") return undefined;
	if (await isExecutableFile(path)) return resolve(path);
	const what = await stat(path).then(
		(entry) => (entry.isDirectory() ? "is a folder" : "is not executable"),
		() => "does not exist",
	);
	throw new UserError({
		message: `${variable} names ${path}, which ${what}.`,
		hint: `Set ${variable} to the path of an executable ${wanted}, or unset it to have one found.`,
	});
}
