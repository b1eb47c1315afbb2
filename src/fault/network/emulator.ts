import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import {
	directions,
	type FromImpairer,
	type ImpairerOrder,
	type ToImpairer,
} from "../../impair/impairer-messages.js";
import type { Impairment } from "../../impair/impairment.js";

const answerWithinMs = 10_000;

/** Our own emulator (src/impair) as a process in a network namespace. */
export interface Emulator {
	/** Of the packets from now on, both ways. */
	impair(impairment: Partial<Impairment>): Promise<void>;
	stop(): Promise<void>;
}

/**
 * @param within the command line that runs a program in the namespace where the emulator is to be
 * @throws Error where it cannot start
 */
export async function startEmulator(
	within: (program: string, args: readonly string[]) => readonly [string, readonly string[]],
	{ program, order }: { readonly program: string; readonly order: ImpairerOrder },
): Promise<Emulator> {
	const [command, args] = within(program, [impairerFile()]);
	const child = spawn(command, args, { env: {}, stdio: ["ignore", "ignore", "ignore", "ipc"] });
	const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
	const ask = async (message: ToImpairer): Promise<void> => {
		const signal = AbortSignal.timeout(answerWithinMs);
		const answered = once(child, "message", { signal });
		child.send(message);
		const died = gone.then(() => {
			throw new Error("the emulator process ended");
		});
		died.catch(() => {});
		const [answer] = (await Promise.race([answered, died])) as [FromImpairer];
		if (answer.kind === "refused") throw new Error(`the emulator: ${answer.sentence}`);
	};
	try {
		await once(child, "spawn");
		await ask({ kind: "start", order });
	} catch (error) {
		child.kill("SIGKILL");
		throw error;
	}
	return {
		async impair(impairment) {
			for (const direction of directions) await ask({ kind: "impair", direction, impairment });
		},
		async stop() {
			if (child.connected) child.disconnect();
			await gone;
		},
	};
}

/** In dist/impair, from whatever folder of dist. Run from the TypeScript sources, the built one is used. */
function impairerFile(): string {
	const isSource = import.meta.url.endsWith(".ts");
	const file = isSource ? "../../../dist/impair" : "../impair";
	return fileURLToPath(new URL(`${file}/impairer-entry.js`, import.meta.url));
}
