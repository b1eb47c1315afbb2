import type * as z from "zod";

/** What is wrong with something that arrived, in one short line; nothing of its values is in it. */
export function problemText(what: string, { issues }: z.core.$ZodError): string {
	const [first] = issues;
	const where = first?.path.length ? ` at ${first.path.map(String).join(".")}` : "";
	const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : "";
	return `${what} is invalid${where}: ${first?.message ?? "unknown"}${more}`.slice(0, 300);
}
