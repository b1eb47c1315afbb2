/**
 * Holm's step-down correction (Holm 1979): which of many hypotheses fall so that the chance of even one false fall
 * stays below `level`, however the tests hang together.
 * @returns true where the hypothesis falls, in the order of `pValues`
 */
export function holm(pValues: readonly number[], level: number): boolean[] {
	const falls = pValues.map(() => false);
	const ranked = pValues.map((p, index) => ({ p, index })).sort((a, b) => a.p - b.p);
	for (const [rank, { p, index }] of ranked.entries()) {
		if (!(p <= level / (pValues.length - rank))) break;
		falls[index] = true;
	}
	return falls;
}
