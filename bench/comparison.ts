import { checks, type Figure, figures } from "./figures.js";
import type { Pair } from "./pair.js";
import { pairedRatios, type Spread, spreadOf } from "./statistics.js";
import { drawTable, shownRatio, shownSpread } from "./table.js";

/** One figure over all pairs. */
export interface Row {
	readonly name: string;
	readonly unit: string;
	readonly digits: number;
	readonly livesoak: Spread | undefined;
	readonly liveKit: Spread | undefined;
	/** livesoak / LiveKit's tester, pair by pair; absent for what is no merit. */
	readonly ratio?: Spread | undefined;
}

/** What the pairs of one workload come to. */
export function rowsOf(pairs: readonly Pair[]): Row[] {
	return [
		...figures.map((figure) => ({ ...rowOf(figure, pairs), ratio: ratioOf(figure, pairs) })),
		...checks.map((figure) => rowOf(figure, pairs)),
	];
}

function rowOf({ name, unit, digits, of }: Figure, pairs: readonly Pair[]): Row {
	return {
		...{ name, unit, digits },
		livesoak: spreadOf(pairs.flatMap(({ livesoak }) => of(livesoak) ?? [])),
		liveKit: spreadOf(pairs.flatMap(({ liveKit }) => (liveKit && of(liveKit)) ?? [])),
	};
}

function ratioOf({ of }: Figure, pairs: readonly Pair[]): Spread | undefined {
	const readings = pairs.map(
		({ livesoak, liveKit }) => [of(livesoak), liveKit && of(liveKit)] as const,
	);
	return spreadOf(pairedRatios(readings));
}

/** @param liveKitVersion undefined where livesoak ran alone */
export function comparisonTable(rows: readonly Row[], liveKitVersion: string | undefined): string {
	const isPaired = liveKitVersion !== undefined;
	const head = ["min / median / max", "livesoak"];
	if (isPaired) head.push(`LiveKit's ${liveKitVersion}`, "ratio (min to max)");
	const body = rows.map(({ name, unit, digits, livesoak, liveKit, ratio }) => {
		const cells = [unit ? `${name}, ${unit}` : name, shownSpread(livesoak, digits)];
		if (isPaired) cells.push(shownSpread(liveKit, digits), ratio ? shownRatio(ratio) : "");
		return cells;
	});
	return drawTable(head, body);
}

/** `4 passed, 1 invalid` */
export function outcomesOf(pairs: readonly Pair[]): string {
	const counts = new Map<string, number>();
	for (const { livesoak } of pairs) {
		const { outcome } = livesoak.trial.told;
		counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
	}
	return [...counts].map(([outcome, count]) => `${count} ${outcome}`).join(", ");
}
