import { html } from "hono/html";
import type { Summary } from "../../verdict/summary.js";
import { difference } from "./difference.js";
import type { Markup } from "./markup.js";
import { scrollTable } from "./scroll-table.js";
import type { Side } from "./side.js";
import { valueMarkup } from "./value-markup.js";

const alone = ["mean", "p50", "p90", "p95", "p99", "p999", "max"] as const;
const compared = ["mean", "p50", "p95", "p99"] as const;

/** Every distribution of the summary; of two runs, with the difference. */
export function figureTable(sides: readonly Side[]): Markup {
	const [own, base] = sides.map(({ report }) => report.summary);
	if (!own && !base) return html`<p class="nothing">No figure was measured.</p>`;
	const names = [...new Set([own, base].flatMap((summary) => Object.keys(summary?.metrics ?? {})))];
	const unknown = own?.unknown ?? [];
	return html`${sides.length > 1 ? comparedTable(names, own, base) : aloneTable(names, own)}
${unknown.length > 0 ? html`<p class="nothing">No engine of this run can see: ${unknown.join(", ")}.</p>` : ""}`;
}

function aloneTable(names: readonly string[], summary: Summary | undefined): Markup {
	const rows = names.map((name) => {
		const metric = summary?.metrics[name];
		return [
			html`<code>${name}</code>`,
			valueMarkup(`${name}.count`, metric?.count, "count"),
			...alone.map((statistic) =>
				valueMarkup(`${name}.${statistic}`, metric?.[statistic], metric?.unit ?? ""),
			),
		];
	});
	return scrollTable("All figures", ["figure", "n", ...alone], rows);
}

function comparedTable(
	names: readonly string[],
	own: Summary | undefined,
	base: Summary | undefined,
): Markup {
	const rows = names.map((name) => {
		const [a, b] = [own?.metrics[name], base?.metrics[name]];
		const unit = a?.unit ?? b?.unit ?? "";
		return [
			html`<code>${name}</code>`,
			...compared.flatMap((statistic) => [
				valueMarkup(`${name}.${statistic}`, a?.[statistic], unit),
				valueMarkup(`B.${name}.${statistic}`, b?.[statistic], unit),
				difference(a?.[statistic], b?.[statistic], unit),
			]),
		];
	});
	const head = compared.flatMap((statistic) => [`${statistic} A`, "B", "A − B"]);
	return html`<p>One run of each: a difference may be chance. <code>livesoak gate</code> tells whether it is.</p>
${scrollTable("All figures, A against B", ["figure", ...head], rows, "compared")}`;
}
