import { spawn } from "node:child_process";
import { UserError } from "../../src/error/user-error.js";

const endsWithinMs = 20_000;

/** A child process that is read line by line and ends before the bench does. */
export class LineProcess {
	readonly pid: number;
	readonly exited: Promise<number | null>;
	readonly #child: ReturnType<typeof spawn>;
	readonly #name: string;
	readonly #lines: string[] = [];
	readonly #waiting = new Set<() => void>();
	#words = "";
	#ended = false;

	constructor(name: string, args: readonly string[], env: NodeJS.ProcessEnv) {
		this.#name = name;
		this.#child = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "pipe"] });
		this.pid = this.#child.pid ?? 0;
		let rest = "";
		this.#child.stdout?.on("data", (chunk: Buffer) => {
			const [last = "", ...lines] = (rest + chunk.toString("utf8")).split("\n").reverse();
			rest = last;
			this.#lines.push(...lines.reverse());
			this.#wake();
		});
		this.#child.stderr?.on("data", (chunk: Buffer) => {
			this.#words = (this.#words + chunk.toString("utf8")).slice(-4_000);
		});
		this.exited = new Promise((resolve) => {
			this.#child.once("close", (code) => {
				this.#ended = true;
				resolve(code);
				this.#wake();
			});
		});
	}

	/** Waits for a line that fits. @throws UserError when the process ends before, or takes too long */
	async line(isMeant: (line: string) => boolean, withinMs: number): Promise<string> {
		const untilMs = performance.now() + withinMs;
		for (;;) {
			const found = this.#lines.find(isMeant);
			if (found !== undefined) return found;
			const leftMs = untilMs - performance.now();
			if (this.#ended || leftMs <= 0) throw this.#failed();
			await new Promise<void>((resolve) => {
				const timer = setTimeout(resolve, leftMs);
				this.#waiting.add(() => {
					clearTimeout(timer);
					resolve();
				});
			});
		}
	}

	/** Asks it to end, by Ctrl-C; by force after a while. */
	async end(): Promise<void> {
		this.#child.kill("SIGINT");
		const timer = setTimeout(() => this.#child.kill("SIGKILL"), endsWithinMs);
		await this.exited;
		clearTimeout(timer);
	}

	#wake(): void {
		for (const wake of this.#waiting) wake();
		this.#waiting.clear();
	}

	#failed(): UserError {
		const words = this.#words.trim().split("\n").slice(-4).join(" ");
		const how = this.#ended ? "ended early" : "took too long";
		return new UserError({ message: `${this.#name} ${how}: ${words}`, exitCode: 1 });
	}
}
