import { Chalk, type ChalkInstance, type ColorSupportLevel, supportsColorStderr } from "chalk";

/** The environment variables that decide on colour. */
export interface ColorEnvironment {
	readonly NO_COLOR?: string | undefined;
	readonly FORCE_COLOR?: string | undefined;
}

/**
 * A chalk for one stream. `FORCE_COLOR` (0 to 3, or empty for 1) wins, then a non-empty `NO_COLOR`
 * (https://no-color.org) switches colour off, then what chalk found out about the terminal counts.
 * chalk itself does not read `NO_COLOR`.
 */
export function colorFor(environment: ColorEnvironment, isTty: boolean): ChalkInstance {
	return new Chalk({ level: colorLevel(environment, isTty) });
}

function colorLevel(environment: ColorEnvironment, isTty: boolean): ColorSupportLevel {
	const forced = environment.FORCE_COLOR;
	if (forced !== undefined) return forcedLevel(forced);
	if (environment.NO_COLOR) return 0;
	if (!isTty || supportsColorStderr === false) return 0;
	return supportsColorStderr.level;
}

function forcedLevel(forced: string): ColorSupportLevel {
	switch (forced) {
		case "0":
		case "false":
			return 0;
		case "2":
			return 2;
		case "3":
			return 3;
		default:
			return 1;
	}
}
