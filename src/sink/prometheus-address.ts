import { UserError } from "../error/user-error.js";
import { stripControlCharacters } from "./control-characters.js";

/** Where `--prometheus` listens. */
export interface PrometheusAddress {
	readonly host: string;
	/** 0 lets the system choose; `port` of the sink tells which. */
	readonly port: number;
}

/**
 * Reads `HOST:PORT`, `:PORT` (all of this machine) or `[IPv6]:PORT`.
 * @throws UserError naming the flag
 */
export function parsePrometheusAddress(text: string): PrometheusAddress {
	const [, ipv6, name, digits] =
		/^(?:\[([0-9a-f:.]+)\]|([^\s:/[\]]*)):(\d{1,5})$/i.exec(text) ?? [];
	const port = Number(digits);
	if (digits === undefined || port > 65_535) {
		throw new UserError({
			message: `--prometheus ${stripControlCharacters(text)}: expected HOST:PORT.`,
			hint: "For example --prometheus 127.0.0.1:9464",
		});
	}
	return { host: ipv6 ?? (name || "0.0.0.0"), port };
}
