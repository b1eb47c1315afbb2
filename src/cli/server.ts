import type { ArgumentsCamelCase, Argv, CommandModule } from "yargs";
import { UserError } from "../error/user-error.js";
import type { Environment } from "./environment.js";
import type { Choose } from "./job.js";

interface ServerOptions {
	readonly port: number | undefined;
	readonly "with-turn": boolean;
	readonly "server-version": string | undefined;
	readonly "install-only": boolean;
}

export type Options = ArgumentsCamelCase<ServerOptions>;

const releasePattern = /^v?\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/;

/** `livesoak server`. Bad input is thrown as a UserError out of the handler. */
export function serverCommand(
	environment: Environment,
	choose: Choose,
): CommandModule<object, ServerOptions> {
	return {
		command: "server",
		describe: "Run the embedded LiveKit server (and coturn) in the foreground",
		builder: serverOptions,
		handler: (options) => {
			checkOptions(options);
			// Downloads, archives and configs are no matter of the other commands.
			choose(async () => (await import("./serve.js")).serve(environment, options));
		},
	};
}

function serverOptions(yargs: Argv<object>): Argv<ServerOptions> {
	return yargs
		.option("port", {
			type: "number",
			describe: "Signalling port (default: a free one)",
			requiresArg: true,
		})
		.option("with-turn", { type: "boolean", default: false, describe: "Start coturn as well" })
		.option("server-version", {
			type: "string",
			describe: "livekit-server release, such as v1.13.5",
			requiresArg: true,
		})
		.option("install-only", {
			type: "boolean",
			default: false,
			describe: "Find or get the server, print where it is, and exit",
		});
}

/** Not left to yargs' `coerce`, which would lose the hint. A flag given twice arrives as an array. */
function checkOptions({ port, serverVersion }: Options): void {
	if (port !== undefined && !(Number.isInteger(port) && port >= 1 && port <= 65_535)) {
		throw new UserError({
			message: "--port is not one port number.",
			hint: "Give a whole number from 1 to 65535, such as --port 7880.",
		});
	}
	// Becomes part of addresses and paths.
	if (serverVersion !== undefined && !releasePattern.test(String(serverVersion))) {
		throw new UserError({
			message: `--server-version ${String(serverVersion)} is not a release.`,
			hint: "Give one as LiveKit names them, such as --server-version v1.13.5.",
		});
	}
}
