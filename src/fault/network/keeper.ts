import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { ToKeeper } from "./keeper-entry.js";

const boundMs = 10_000;

/** The process that removes a network when we are gone, or when we tell it to. */
export interface Keeper {
	/** Has everything removed; resolves when that is done. Idempotent. */
	release(): Promise<void>;
}

/** @throws Error where it does not come to life */
export async function startKeeper(order: ToKeeper): Promise<Keeper> {
	const child = fork(builtFile("keeper-entry.js"), [], {
		...{ detached: true, env: {}, execArgv: [], stdio: "ignore" },
	});
	const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
	child.send(order);
	await once(child, "message", { signal: AbortSignal.timeout(boundMs) });
	// It lives as long as we do, and is no reason for us to live on.
	child.unref();
	child.channel?.unref();
	return {
		async release() {
			child.ref();
			if (child.connected) child.disconnect();
			await gone;
		},
	};
}

/** Beside this file once built, in whatever folder of dist. Run from the TypeScript sources, the built one is used. */
export function builtFile(name: string): string {
	const isSource = import.meta.url.endsWith(".ts");
	const folder = isSource ? "../../../dist/fault/network" : "../fault/network";
	return fileURLToPath(new URL(`${folder}/${name}`, import.meta.url));
}
