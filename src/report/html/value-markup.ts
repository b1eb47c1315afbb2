import { html } from "hono/html";
import { count, figure, unknownFigure } from "../../sink/figure.js";
import type { Markup } from "./markup.js";

/**
 * A figure as people read it, with the exact number behind it for programs:
 * `<data data-figure="rtp.loss.mean" value="0.00041">0.04%</data>`.
 * @param name The figure's path in summary.json, without `metrics`
 */
export function valueMarkup(name: string, value: number | undefined, unit: string): Markup {
	if (value === undefined)
		return html`<span class="unknown" title="not measured">${unknownFigure}</span>`;
	const text = unit === "count" ? count(value) : figure(value, unit);
	return html`<data data-figure="${name}" value="${value}">${text}</data>`;
}
