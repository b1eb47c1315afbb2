/**
 * The buckets of an HDR histogram with 3 significant digits and a lowest value of 1: whole numbers up to 2047 each
 * have their own, then every doubling of the value is cut into 1024. The place of a bucket does not depend on how far a
 * histogram reaches, so counts of any two can be added place by place.
 */
const digitsBits = 10;
const halfCount = 2 ** digitsBits;
/** 203 days in microseconds: the logarithm below is exact up to here. */
export const highestValue = 2 ** 44 - 1;
const smallestTop = 2 ** 12 - 1;
const pageBits = 6;
const pageSize = 2 ** pageBits;
const pageMask = pageSize - 1;
/** Copied, which takes a third of the time of making one. */
const emptyPage: readonly number[] = Array.from({ length: pageSize }, () => 0);

/** The place of a value's bucket. @param value a whole number, 0 to `highestValue` */
export function bucketOf(value: number): number {
	if (value < halfCount) return value;
	const doubling = Math.max(Math.floor(Math.log2(value)) - digitsBits, 0);
	return doubling * halfCount + Math.floor(value / 2 ** doubling);
}

const lastBucket = bucketOf(highestValue);

/** The smallest value of a bucket. */
function lowestIn(bucket: number): number {
	const doubling = doublingOf(bucket);
	return (bucket - doubling * halfCount) * 2 ** doubling;
}

/** The largest value of a bucket. */
function highestIn(bucket: number): number {
	return lowestIn(bucket) + 2 ** doublingOf(bucket) - 1;
}

function doublingOf(bucket: number): number {
	return Math.max(Math.floor(bucket / halfCount) - 1, 0);
}

/**
 * Counts by bucket. A second of one machine fills a few hundred of the 35,840 buckets, and a coordinator adds hundreds
 * of such seconds each second: only those pages of 64 buckets are kept and walked that hold something. Counts are exact
 * to 2^53.
 */
export class Histogram {
	readonly #pages: (number[] | undefined)[] = [];
	/** Buckets and their counts by turns, on no page yet: what is only read to be added to others never is. */
	#loose: number[] = [];
	#total = 0;

	get total(): number {
		return this.#total;
	}

	/**
	 * As far as an encoded form has to reach: the power of two above the largest value, less one. It does not depend on
	 * the order in which values came, so equal contents encode equally.
	 */
	get top(): number {
		this.#settle();
		const last = this.#pages.at(-1)?.findLastIndex((count) => count > 0) ?? -1;
		if (last < 0) return smallestTop;
		const lowest = lowestIn((this.#pages.length - 1) * pageSize + last);
		return Math.max(2 ** Math.ceil(Math.log2(lowest + 1)) - 1, smallestTop);
	}

	/** @param value a whole number, 0 to `highestValue` */
	record(value: number): void {
		this.#put(bucketOf(value), 1);
		this.#total += 1;
	}

	/** @throws RangeError for a bucket or a count that cannot be */
	addAt(bucket: number, count: number): void {
		if (!(bucket >= 0 && bucket <= lastBucket)) throw new RangeError(`no bucket ${bucket}`);
		if (!(count >= 0 && count <= Number.MAX_SAFE_INTEGER))
			throw new RangeError(`no count ${count}`);
		// A page that holds nothing would make equal contents unequal.
		if (count === 0) return;
		this.#loose.push(bucket, count);
		this.#total += count;
	}

	merge(other: Histogram): void {
		// To itself, it must not meet its own.
		if (other === this) this.#settle();
		const loose = other.#loose;
		for (let at = 0; at < loose.length; at += 2) this.#put(loose[at] ?? 0, loose[at + 1] ?? 0);
		const pages = other.#pages;
		for (let number = 0; number < pages.length; number++) {
			const from = pages[number];
			if (!from) continue;
			const to = this.#pages[number];
			if (!to) this.#keep(number, from.slice());
			else for (let at = 0; at < pageSize; at++) to[at] = (to[at] ?? 0) + (from[at] ?? 0);
		}
		this.#total += other.#total;
	}

	/** Calls back with each bucket that is not empty, in rising order. */
	eachBucket(onBucket: (bucket: number, count: number) => void): void {
		this.#settle();
		for (let number = 0; number < this.#pages.length; number++) {
			const page = this.#pages[number];
			if (!page) continue;
			for (let at = 0; at < pageSize; at++) {
				const count = page[at] ?? 0;
				if (count > 0) onBucket(number * pageSize + at, count);
			}
		}
	}

	/**
	 * Nearest rank: the largest value of the bucket that holds it, for 0 the smallest. 0 while there is nothing.
	 * @param p 0 to 100
	 */
	percentile(p: number): number {
		this.#settle();
		const rank = (p / 100) * this.#total;
		// A product that came out one step too large must not skip a value.
		const wanted = Math.max(Math.ceil(rank * (1 - Number.EPSILON)), 1);
		let seen = 0;
		for (let number = 0; number < this.#pages.length; number++) {
			const page = this.#pages[number];
			if (!page) continue;
			for (let at = 0; at < pageSize; at++) {
				seen += page[at] ?? 0;
				if (seen < wanted) continue;
				const bucket = number * pageSize + at;
				return p === 0 ? lowestIn(bucket) : highestIn(bucket);
			}
		}
		return 0;
	}

	/** Values in the buckets up to and with that of `value`. */
	countUpTo(value: number): number {
		this.#settle();
		if (value < 0) return 0;
		if (value > highestValue) return this.#total;
		const last = bucketOf(value);
		let sum = 0;
		for (let number = 0; number < this.#pages.length; number++) {
			const page = this.#pages[number];
			if (number * pageSize > last) break;
			const end = Math.min(last - number * pageSize + 1, pageSize);
			for (let at = 0; page && at < end; at++) sum += page[at] ?? 0;
		}
		return sum;
	}

	#settle(): void {
		const loose = this.#loose;
		if (loose.length === 0) return;
		this.#loose = [];
		for (let at = 0; at < loose.length; at += 2) this.#put(loose[at] ?? 0, loose[at + 1] ?? 0);
	}

	#put(bucket: number, count: number): void {
		const page =
			this.#pages[bucket >> pageBits] ?? this.#keep(bucket >> pageBits, emptyPage.slice());
		page[bucket & pageMask] = (page[bucket & pageMask] ?? 0) + count;
	}

	#keep(number: number, page: number[]): number[] {
		while (this.#pages.length <= number) this.#pages.push(undefined);
		this.#pages[number] = page;
		return page;
	}
}
