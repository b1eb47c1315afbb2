import { html } from "hono/html";
import type { Summary } from "../../verdict/summary.js";
import { difference } from "./difference.js";
import type { Markup } from "./markup.js";
import { scrollTable } from "./scroll-table.js";
import type { Side } from "./side.js";
import { valueMarkup } from "./value-markup.js";

type Threshold = Summary["thresholds"][number];

/** Every threshold with what was observed; of two runs, those of either. */
export function thresholdTable(sides: readonly Side[]): Markup {
	const [own = [], base] = sides.map(({ report }) => report.summary?.thresholds ?? []);
	const all = [...own, ...(base ?? []).filter((one) => !own.some((other) => isSame(one, other)))];
	if (all.length === 0) return html`<p>The scenario had no thresholds.</p>`;
	const find = (list: readonly Threshold[] | undefined, one: Threshold) =>
		list?.find((other) => isSame(one, other));
	const rows = all.map((one) => {
		const [a, b] = [find(own, one), find(base, one)];
		const name = html`<code>${one.metric} ${one.expression}</code>${one.advisory ? " (advisory)" : ""}`;
		if (!base) return [name, outcome(a), observed("", a)];
		return [
			name,
			outcome(a),
			observed("", a),
			outcome(b),
			observed("B.", b),
			difference(a?.observed, b?.observed, one.unit),
		];
	});
	const head = base
		? ["threshold", "A", "A observed", "B", "B observed", "difference"]
		: ["threshold", "", "observed"];
	return scrollTable("Thresholds", head, rows);
}

function isSame(one: Threshold, other: Threshold): boolean {
	return one.metric === other.metric && one.expression === other.expression;
}

function outcome(one: Threshold | undefined): Markup {
	if (!one) return html`<span class="unknown">not asked</span>`;
	if (one.ok) return html`<span class="ok">✓ held</span>`;
	return one.advisory
		? html`<span class="warn">! missed</span>`
		: html`<span class="bad">✗ failed</span>`;
}

function observed(letter: string, one: Threshold | undefined): Markup | string {
	if (one?.observed === undefined) return one?.reason ?? (one ? "no samples" : "–");
	return valueMarkup(`${letter}threshold.${one.metric} ${one.expression}`, one.observed, one.unit);
}
