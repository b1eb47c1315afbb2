/** One sentence on a file of a result folder that is not there or cannot be read, and what that costs. */
export function unreadable(file: string, error: unknown, consequence: string): string {
	const code = (error as NodeJS.ErrnoException).code;
	const what = code === "ENOENT" ? "is missing" : `cannot be read (${code ?? "damaged"})`;
	return `${file} ${what}: ${consequence}.`;
}
