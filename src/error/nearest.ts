import { closest, distance } from "fastest-levenshtein";

/** The known word a mistyped one most likely meant, or undefined when nothing is near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
	if (known.length === 0) return undefined;
	const typed = word.toLowerCase();
	const best = closest(typed, known);
	// Short words are near to everything; longer ones may have two letters swapped.
	const most = best.length <= 3 ? 1 : Math.max(2, Math.floor(best.length / 3));
	return distance(typed, best.toLowerCase()) <= most ? best : undefined;
}

/** ` — did you mean "…"?`, or nothing when no known word is near. */
export function didYouMean(word: string, known: readonly string[]): string {
	const meant = nearest(word, known);
	return meant === undefined ? "" : ` — did you mean "${meant}"?`;
}
