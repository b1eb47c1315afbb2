import { html, raw } from "hono/html";
import type { Rounds } from "./compare-figure.js";
import { gateHead, gateLine, gateRow, inUnit, methodLines, sideText } from "./figure-text.js";
import type { FigureResult, GateResult } from "./gate-result.js";
import type { Round } from "./round.js";

/**
 * gate.html: both sides next to each other, one file without anything from elsewhere. Beside each figure stand its
 * rounds as dots: the baseline's above, the candidate's below, so that the spread is seen as well as the difference.
 */
export function gateHtml(result: GateResult, rounds: Rounds): string {
	const page = html`<!doctype html>
	<html lang="en">
		<head>
			<meta charset="utf-8" />
			<meta name="viewport" content="width=device-width, initial-scale=1" />
			<title>${`livesoak gate: ${result.scenario}`}</title>
			<style>${raw(style)}</style>
		</head>
		<body>
			<main>
				<h1 class="${result.verdict}">${gateLine(result)}</h1>
				<table class="sides">
					<thead><tr><th></th><th scope="col">baseline</th><th scope="col">candidate</th></tr></thead>
					<tbody>
						<tr><th scope="row">server</th><td>${sideText(result.baseline)}</td><td>${sideText(result.candidate)}</td></tr>
						<tr><th scope="row">rounds</th><td>${result.baseline?.rounds ?? 0}</td><td>${result.candidate?.rounds ?? 0}</td></tr>
						<tr><th scope="row">scenario, seed</th><td colspan="2">${result.scenario}, ${result.seed}</td></tr>
					</tbody>
				</table>
				${result.figures.length === 0 ? "" : figureTable(result, rounds)}
				<ul>${methodLines(result).map((line) => html`<li>${line}</li>`)}</ul>
			</main>
		</body>
	</html>`;
	return `${page}\n`;
}

function figureTable({ figures }: GateResult, rounds: Rounds) {
	return html`<div class="wide">
		<table class="figures">
			<thead>
				<tr>${gateHead.map((name) => html`<th scope="col">${name}</th>`)}<th scope="col">rounds</th></tr>
			</thead>
			<tbody>${figures.map((one) => figureRow(one, rounds))}</tbody>
		</table>
	</div>`;
}

function figureRow(one: FigureResult, rounds: Rounds) {
	const [name, word, ...numbers] = gateRow(one);
	return html`<tr class="${one.judges ? "" : "shown"}">
		<th scope="row">${name}</th>
		<td class="${one.verdict}" title="${one.why ?? ""}">${word}</td>
		${numbers.map((number) => html`<td>${number}</td>`)}
		<td>${dots(one, rounds)}</td>
	</tr>`;
}

const width = 160;
const inset = 6;

/** Both rows share one scale, from the smallest to the largest round of either side. */
function dots({ metric, unit }: FigureResult, { baseline, candidate }: Rounds) {
	const valuesOf = (side: readonly Round[]) => side.flatMap(({ values }) => values[metric] ?? []);
	const rows = [valuesOf(baseline), valuesOf(candidate)];
	const all = rows.flat();
	if (all.length === 0) return "";
	const [low, high] = [Math.min(...all), Math.max(...all)];
	const x = (value: number) =>
		high > low ? inset + ((value - low) / (high - low)) * (width - 2 * inset) : width / 2;
	const label = `${metric}: rounds from ${inUnit(low, unit)} to ${inUnit(high, unit)}, baseline above, candidate below`;
	return html`<svg viewBox="${`0 0 ${width} 26`}" width="${width}" height="26" role="img" aria-label="${label}">
		<title>${label}</title>
		${rows.map((values, row) =>
			values.map(
				(value) =>
					html`<circle cx="${x(value).toFixed(1)}" cy="${row === 0 ? 8 : 18}" r="3" class="${row === 0 ? "a" : "b"}" />`,
			),
		)}
	</svg>`;
}

const style = `
:root { color-scheme: light dark; font: 15px/1.45 system-ui, sans-serif; }
body { margin: 0; background: Canvas; color: CanvasText; }
main { max-width: 1200px; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.3rem; border-left: .4rem solid #8a6d00; padding-left: .6rem; }
h1.passed, h1.stored { border-color: #1a7f37; }
h1.failed { border-color: #c62828; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; margin: 1rem 0; }
th, td { text-align: left; padding: .25rem .6rem; border-bottom: 1px solid color-mix(in srgb, CanvasText 20%, transparent); }
.sides td { overflow-wrap: anywhere; }
.figures td { font-variant-numeric: tabular-nums; white-space: nowrap; }
td.worse { color: light-dark(#b3261e, #ff8a80); font-weight: 600; }
td.same, td.better { color: light-dark(#1a6b30, #7ee2a0); }
td.unknown { color: light-dark(#7a5c00, #ffd866); }
tr.shown { opacity: .8; }
circle.a { fill: light-dark(#31579b, #9cc2ff); }
circle.b { fill: light-dark(#b3541e, #ffb27d); }
`;
