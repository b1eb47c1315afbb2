import type { LifeSample, ParticipantLabels } from "../sample/sample.js";

type Key = `${number}:${number}`;

/**
 * The parent's own account of who is joining and who is alive on one worker. The turns of lives are told one by
 * one, so when the worker dies it is known exactly whom it took along.
 */
export class LifeAccount {
	readonly #open = new Map<Key, { labels: ParticipantLabels; joined: boolean }>();
	#alive = 0;

	apply(seat: number, life: number, sample: LifeSample): void {
		const key: Key = `${seat}:${life}`;
		switch (sample.kind) {
			case "begun":
				this.#open.set(key, { labels: sample.labels, joined: false });
				return;
			case "joined":
				this.#open.set(key, { labels: sample.labels, joined: true });
				this.#alive++;
				return;
			case "failed":
				this.#open.delete(key);
				return;
			case "lost":
			case "left":
				if (this.#open.delete(key)) this.#alive--;
				return;
			default:
				sample satisfies never;
		}
	}

	get alive(): number {
		return this.#alive;
	}

	get joining(): number {
		return this.#open.size - this.#alive;
	}

	/** Seats whose participant has joined. */
	get joinedSeats(): number[] {
		return [...this.#open].flatMap(([key, { joined }]) =>
			joined ? [Number.parseInt(key, 10)] : [],
		);
	}

	/**
	 * Closes the account of a dead worker: what became of each participant it held.
	 * @param cause `worker-killed`: the scenario asked for it
	 */
	close(cause: "worker-died" | "worker-killed" = "worker-died"): LifeSample[] {
		const samples = [...this.#open.values()].map(
			({ labels, joined }): LifeSample =>
				joined
					? { kind: "lost", labels, cause }
					: { kind: "failed", labels, stage: "joined", cause },
		);
		this.#open.clear();
		this.#alive = 0;
		return samples;
	}
}
