const longest = 60;

/** A bad value as one short printable piece of text for an error message. */
export function shown(value: unknown): string {
	if (value === null || value === undefined) return "nothing";
	const text = typeof value === "number" ? String(value) : (JSON.stringify(value) ?? String(value));
	return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}
