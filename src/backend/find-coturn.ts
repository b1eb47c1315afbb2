import { UserError } from "../error/user-error.js";
import { findOnPath } from "./find-on-path.js";
import { namedProgram } from "./named-program.js";

/**
 * The `turnserver` program: LIVESOAK_TURNSERVER_BIN, else the one on PATH.
 * @throws UserError: the variable is wrong (exit 2), or coturn is not installed (exit 1)
 */
export async function findCoturn(env: NodeJS.ProcessEnv): Promise<string> {
	const path =
		(await namedProgram(env, "LIVESOAK_TURNSERVER_BIN", "coturn turnserver")) ??
		(await findOnPath("turnserver", env));
	if (path !== undefined) return path;
	throw new UserError({
		message: "coturn is not installed: there is no `turnserver` on PATH.",
		hint: "Install coturn: apt-get install coturn | brew install coturn. Or set LIVESOAK_TURNSERVER_BIN to its path.",
		exitCode: 1,
	});
}
