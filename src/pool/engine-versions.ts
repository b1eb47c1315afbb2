import type { EngineFacts } from "./messages.js";

/** Version by engine name. */
export function engineVersions(engines: ReadonlyMap<string, EngineFacts>): Record<string, string> {
	return Object.fromEntries([...engines.values()].map(({ name, version }) => [name, version]));
}
