import {
	build,
	decodeFromCompressedBase64,
	encodeIntoCompressedBase64,
	type Histogram,
} from "hdr-histogram-js";
import { Aggregates } from "../src/aggregate/aggregates.js";
import type { AggregatesSnapshot } from "../src/aggregate/snapshot.js";
import type { BenchContext } from "./context.js";
import { onTheWire, readSecond } from "./fleet/second.js";
import { type Spread, spreadOf } from "./statistics.js";
import { drawTable, shownSpread } from "./table.js";

/** A way to do it, with what it takes. */
interface Row {
	readonly name: string;
	readonly bytes: number;
	/** CPU time a snapshot. */
	readonly micros: Spread | undefined;
}

/** So that the clock of CPU time, which is read before and after, does not show. */
const snapshotsAReading = 300;

/**
 * What one second of one agent costs the coordinator, who adds it to the whole run and to the current second, and what
 * it costs to make it. The library's own way stands beside it.
 */
export async function merge(
	context: BenchContext,
	{ readings }: { readonly readings: number },
): Promise<void> {
	const second = await readSecond();
	const rows: Row[] = [];
	for (const part of ["joining", "steady"] as const) {
		const disk = second[part];
		const wire = onTheWire(disk);
		const library = new LibraryTotals();
		const [totals, window] = [new Aggregates(), new Aggregates()];
		const toBoth = (snapshot: AggregatesSnapshot) => {
			const decoded = Aggregates.of(snapshot);
			for (const each of [totals, window]) each.merge(decoded);
		};
		const made = Aggregates.of(disk);
		const time = (name: string, shown: AggregatesSnapshot, work: () => void) => {
			const micros = spreadOf(Array.from({ length: readings + 1 }, () => microsOf(work)).slice(1));
			rows.push({ name: `${part}: ${name}`, bytes: JSON.stringify(shown).length, micros });
		};
		time("hdr-histogram-js reads, adds to two", disk, () => library.addTwice(disk));
		time("as on the disk, read, added to two", disk, () => toBoth(disk));
		time("as on the wire, read, added to two", wire, () => toBoth(wire));
		time("hdr-histogram-js writes", disk, () => library.encode(disk));
		time("written as on the disk", disk, () => void made.snapshot("disk"));
		time("written as on the wire", wire, () => void made.snapshot("wire"));
	}
	context.show(`\nOne second of one agent with 500 participants (${second.of}); CPU time, µs`);
	context.show(
		drawTable(
			["", "bytes as JSON", "µs, min / median / max"],
			rows.map(({ name, bytes, micros }) => [name, `${bytes}`, shownSpread(micros, 0)]),
		),
	);
	await context.save("merge", { livesoak: context.version, of: second.of, rows });
}

function microsOf(work: () => void): number {
	const before = process.cpuUsage();
	for (let n = 0; n < snapshotsAReading; n++) work();
	const { user, system } = process.cpuUsage(before);
	return (user + system) / snapshotsAReading;
}

/** Histograms of hdr-histogram-js as totals and as the second at hand: what livesoak used before its own. */
class LibraryTotals {
	readonly #totals = new Map<string, readonly [Histogram, Histogram]>();
	readonly #decoded = new Map<string, Histogram>();

	addTwice(snapshot: AggregatesSnapshot): void {
		for (const [name, { hdr }] of Object.entries(snapshot.distributions)) {
			for (const target of this.#targets(name, hdr))
				target.add(decodeFromCompressedBase64(hdr, 64));
		}
	}

	encode(snapshot: AggregatesSnapshot): void {
		for (const [name, { hdr }] of Object.entries(snapshot.distributions)) {
			let decoded = this.#decoded.get(name);
			if (!decoded) {
				decoded = decodeFromCompressedBase64(hdr, 64);
				this.#decoded.set(name, decoded);
			}
			encodeIntoCompressedBase64(decoded);
		}
	}

	#targets(name: string, hdr: string): readonly [Histogram, Histogram] {
		const found = this.#totals.get(name) ?? [likeOf(hdr), likeOf(hdr)];
		this.#totals.set(name, found);
		return found;
	}
}

/** An empty one of the same range: the library adds those at its fastest. */
function likeOf(hdr: string): Histogram {
	const { highestTrackableValue } = decodeFromCompressedBase64(hdr, 64);
	return build({
		...{ bitBucketSize: 64, autoResize: false, numberOfSignificantValueDigits: 3 },
		...{ lowestDiscernibleValue: 1, highestTrackableValue },
	});
}
