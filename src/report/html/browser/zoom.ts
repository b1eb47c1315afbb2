import { clockTime } from "../../../sink/figure.js";

type Listener = (fromSeconds: number, untilSeconds: number) => void;

/** Closer than this nothing more is to be seen. */
const leastSeconds = 2;

/** The stretch of the run that all time lines show. */
export class Zoom {
	#from: number;
	#until: number;
	#range: HTMLElement | null = null;
	readonly #listeners: Listener[] = [];

	constructor(
		readonly first: number,
		readonly last: number,
	) {
		this.#from = first;
		this.#until = last;
	}

	get from(): number {
		return this.#from;
	}

	get until(): number {
		return this.#until;
	}

	onChange(listener: Listener): void {
		this.#listeners.push(listener);
	}

	/** Held within the run and no closer than is useful. */
	show(from: number, until: number): void {
		const whole = this.last - this.first;
		const wide = Math.min(Math.max(until - from, Math.min(leastSeconds, whole)), whole);
		const middle = (from + until) / 2;
		const start = Math.min(Math.max(middle - wide / 2, this.first), this.last - wide);
		if (start === this.#from && start + wide === this.#until) return;
		[this.#from, this.#until] = [start, start + wide];
		for (const listener of this.#listeners) listener(this.#from, this.#until);
		this.#tell();
	}

	reset(): void {
		this.show(this.first, this.last);
	}

	/** @param factor Below 1 is closer. @param around Stays where it is on the screen. */
	by(factor: number, around = (this.#from + this.#until) / 2): void {
		this.show(around - (around - this.#from) * factor, around + (this.#until - around) * factor);
	}

	/** @param share Of what is shown; negative is earlier. */
	move(share: number): void {
		const by = (this.#until - this.#from) * share;
		this.show(this.#from + by, this.#until + by);
	}

	offerButtons(toolbar: HTMLElement | null): void {
		if (!toolbar) return;
		toolbar.hidden = false;
		this.#range = toolbar.querySelector<HTMLElement>(".range");
		toolbar.addEventListener("click", ({ target }) => {
			const how = target instanceof HTMLElement ? target.dataset.zoom : undefined;
			if (how === "in") this.by(0.5);
			if (how === "out") this.by(2);
			if (how === "back") this.move(-0.5);
			if (how === "on") this.move(0.5);
			if (how === "reset") this.reset();
		});
		this.#tell();
	}

	#tell(): void {
		if (!this.#range) return;
		this.#range.dataset.from = String(this.#from);
		this.#range.dataset.until = String(this.#until);
		const time = (seconds: number) => clockTime(seconds * 1_000);
		this.#range.textContent = `${time(this.#from)} to ${time(this.#until)} of ${time(this.last)}`;
	}
}
