import type { LifeSample, ParticipantLabels } from "../sample/sample.js";

type Key = `${number}:${number}`;

/** Why all participants of a part of the tester are gone at once. */
export type LossCause = "worker-died" | "worker-killed" | "agent-lost";

/** A turn in a life, and whose: the seat and the number of the life there. */
export interface LifeTurn {
	readonly seat: number;
	readonly life: number;
	readonly sample: LifeSample;
}

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

	/** As `closeLives`, without saying whose life it was. */
	close(cause?: LossCause): LifeSample[] {
		return this.closeLives(cause).map(({ sample }) => sample);
	}

	/**
	 * Closes the account of a dead worker: what became of each participant it held.
	 * @param cause `worker-killed`: the scenario asked for it
	 */
	closeLives(cause: LossCause = "worker-died"): LifeTurn[] {
		const turns = [...this.#open].map(([key, { labels, joined }]): LifeTurn => {
			const [seat = 0, life = 0] = key.split(":").map(Number);
			const sample: LifeSample = joined
				? { kind: "lost", labels, cause }
				: { kind: "failed", labels, stage: "joined", cause };
			return { seat, life, sample };
		});
		this.#open.clear();
		this.#alive = 0;
		return turns;
	}
}
