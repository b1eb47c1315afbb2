import { html } from "hono/html";
import { agentHead, agentRow, agentsText } from "../agent-rows.js";
import type { Markup } from "./markup.js";
import { scrollTable } from "./scroll-table.js";
import { type Side, sideName } from "./side.js";

/** The machines that lived the plan: what each was, how far its clock was off, and whether it was lost. */
export function agentTable(sides: readonly Side[]): Markup {
	return html`${sides.map(oneSide)}`;
}

function oneSide(side: Side): Markup {
	const { agents } = side.report;
	if (agents.length === 0)
		return html`<p class="nothing">${side.letter} The run was on one machine.</p>`;
	const name = `Agents${side.letter && `, ${sideName(side)}`}`;
	const rows = agents.map((agent) => {
		const cells = agentRow(agent);
		const fate = cells.at(-1) ?? "";
		return [...cells.slice(0, -1), agent.lost ? html`<span class="bad">${fate}</span>` : fate];
	});
	return html`${side.letter && html`<h3>${sideName(side)}</h3>`}<p>${agentsText(side.report)}. Clock: that of Redis minus its own.</p>${scrollTable(name, agentHead, rows, "texts")}`;
}
