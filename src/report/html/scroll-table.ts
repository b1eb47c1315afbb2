import { html } from "hono/html";
import type { Markup } from "./markup.js";

/** A table that scrolls by itself where the page is narrow, by keyboard too. The first cell of a row is its head. */
export function scrollTable(
	caption: string,
	head: readonly (string | Markup)[],
	rows: readonly (readonly (string | number | Markup | undefined)[])[],
	className = "",
): Markup {
	return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0">
<table class="${className}"><caption>${caption}</caption>
<thead><tr>${head.map((cell) => html`<th scope="col">${cell}</th>`)}</tr></thead>
<tbody>${rows.map(
		([first, ...rest]) =>
			html`<tr><th scope="row">${first}</th>${rest.map((cell) => html`<td>${cell}</td>`)}</tr>`,
	)}</tbody></table></div>`;
}
