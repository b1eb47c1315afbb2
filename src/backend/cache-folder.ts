import { join } from "node:path";
import envPaths from "env-paths";

/** LIVESOAK_CACHE_DIR, else the user's cache folder of this system (`~/.cache/livesoak` on Linux). */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
	const chosen = env.LIVESOAK_CACHE_DIR;
	return chosen === undefined || chosen === ""
		? envPaths("livesoak", { suffix: "" }).cache
		: chosen;
}

/** `<cache>/livekit-server/<version>`: what every way of getting the binary fills. */
export function versionFolder(env: NodeJS.ProcessEnv, version: string): string {
	return join(cacheFolder(env), "livekit-server", version);
}
