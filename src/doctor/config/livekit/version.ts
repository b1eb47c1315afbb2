/** Whether version `one` ("1.13.5", "v1.14") comes after `other`; unreadable ones do not. */
export function isNewer(one: string, other: string): boolean {
	const [a, b] = [numbers(one), numbers(other)];
	for (let i = 0; i < 3; i++) {
		const difference = (a[i] ?? 0) - (b[i] ?? 0);
		if (difference !== 0) return difference > 0;
	}
	return false;
}

function numbers(version: string): readonly number[] {
	return (/\d+(\.\d+)*/.exec(version)?.[0] ?? "").split(".").map(Number);
}
