import { UserError } from "../../error/user-error.js";
import { TurnConfig } from "../config/coturn/turn-config.js";
import { readConfig } from "../config/read-config.js";
import type { TurnSettings } from "./judge-credentials.js";

/** What turnserver.conf says about credentials. Undefined where it cannot be read: the check `config` tells why. */
export async function readTurnSettings(path: string): Promise<TurnSettings | undefined> {
	try {
		const { text, fileName } = await readConfig(path);
		const config = new TurnConfig(text, fileName);
		const realm = config.value("realm");
		return {
			...{ fileName, secrets: config.all("static-auth-secret").map(({ value }) => value) },
			...{ isRest: config.isOn("use-auth-secret") },
			...(realm === undefined ? {} : { realm }),
		};
	} catch (error) {
		if (error instanceof UserError) return undefined;
		throw error;
	}
}
