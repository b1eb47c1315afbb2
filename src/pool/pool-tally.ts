import type { TesterSoFar } from "../run/resume-point.js";
import type { WorkerView } from "../run/run-view.js";
import type { WorkerLoad } from "./messages.js";
import type { Post } from "./post.js";

/** What the workers of a pool cost, those that died too, and how many did. */
export class PoolTally {
	readonly #posts: readonly Post[];
	readonly #cpuSecondsBefore: number;
	#takenOver: number;
	#workersDied: number;
	#maxRssBytes: number;

	/** @param before what a run that is resumed had done */
	constructor(posts: readonly Post[], before: TesterSoFar | undefined) {
		this.#posts = posts;
		this.#cpuSecondsBefore = before?.cpuSeconds ?? 0;
		this.#takenOver = before?.takenOver ?? 0;
		this.#workersDied = before?.workersDied ?? 0;
		this.#maxRssBytes = before?.maxRssBytes ?? 0;
	}

	/** A fresh worker began a life again in place of a dead one. */
	countTakenOver(): void {
		this.#takenOver++;
	}

	onLoad(post: Post, load: WorkerLoad): void {
		post.load = load;
		this.#maxRssBytes = Math.max(this.#maxRssBytes, load.rssBytes);
	}

	/** @param unasked it was not being stopped */
	onDeath(post: Post, unasked: boolean): void {
		post.cpuSecondsOfTheDead += post.load?.cpuSeconds ?? 0;
		post.load = undefined;
		if (unasked) this.#workersDied++;
	}

	get soFar(): TesterSoFar {
		const cpuSeconds = this.#posts.reduce(
			(sum, { load, cpuSecondsOfTheDead }) => sum + cpuSecondsOfTheDead + (load?.cpuSeconds ?? 0),
			this.#cpuSecondsBefore,
		);
		return {
			...{ takenOver: this.#takenOver, workersDied: this.#workersDied },
			...{ cpuSeconds, maxRssBytes: this.#maxRssBytes },
		};
	}

	/** Those that live the posts now. */
	get workers(): WorkerView[] {
		return this.#posts.map(({ worker, handle, account, load }) => ({
			...{ worker, pid: handle.pid, alive: account.alive, joining: account.joining },
			...{ cpu: load?.cpu ?? 0, rssBytes: load?.rssBytes ?? 0, lagP99Ms: load?.lagP99Ms ?? 0 },
		}));
	}
}
