import { html, raw } from "hono/html";
import { count, figure } from "../sink/figure.js";
import type { Capacity } from "./capacity-result.js";
import { capacityLine } from "./capacity-text.js";
import { chartSeries } from "./chart-series.js";
import { type Scale, svgChart } from "./svg-chart.js";

const style = `
:root { color-scheme: light dark; font: 15px/1.45 system-ui, sans-serif; }
body { max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; } .charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(26rem, 100%), 1fr)); gap: 1rem; }
figure { margin: 0; } svg { width: 100%; height: auto; } table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .2rem .6rem; text-align: right; border-bottom: 1px solid color-mix(in srgb, currentColor 20%, transparent); }
.wide { overflow-x: auto; } tr > :last-child { min-width: 14rem; text-align: left; }
svg text { fill: currentColor; font-size: 11px; } svg .title { font-size: 13px; font-weight: 600; }
.grid { stroke: currentColor; opacity: .15; } .mean { fill: none; stroke: #2f6fb0; stroke-width: 1.5; }
.interval { fill: #2f6fb0; opacity: .15; } .limit { stroke: #2f6fb0; stroke-width: 1.5; }
.knee { stroke: #b06b00; stroke-width: 1.5; stroke-dasharray: 4 3; }
.passed { fill: #1a7f37; } .failed { fill: #cf222e; } .invalid { fill: #8a8a8a; }
`;

const legend =
	"A dot is a run: green passed, red failed, grey invalid (the tester could not keep up). Blue line: the limit, blue band: its interval. Dashed: the knee.";

/**
 * The result as one page without scripts or anything from elsewhere.
 * @param toParticipants participants in all rooms at that many of the varied unit
 */
export function capacityHtml(result: Capacity, toParticipants: Scale): string {
	const { evidence, notes, extrapolation } = result;
	const page = html`<!doctype html>
		<html lang="en">
		<head>
			<meta charset="utf-8" />
			<meta name="viewport" content="width=device-width" />
			<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
			<title>${`Capacity of ${result.scenario}`}</title>
			<style>${raw(style)}</style>
		</head>
		<body>
			<h1>${capacityLine(result)}</h1>
			<p>${`LiveKit ${result.server.version ?? "of unknown version"} at ${result.server.url}, ${result.startedAt}, seed ${result.seed}, ${result.steps.length} runs, ended: ${result.ended}${result.reason === undefined ? "" : `, ${result.reason}`}`}</p>
			${items("Evidence", evidence)} ${items("Notes", notes)}
			${
				extrapolation &&
				html`<h2>Extrapolated</h2>
				<p>${`${count(extrapolation.participants)} participants on ${extrapolation.cores} cores (${count(extrapolation.interval.low)} to ${extrapolation.interval.high === null ? "–" : count(extrapolation.interval.high)}). ${extrapolation.assumption}`}</p>`
			}
			<div class="charts">${chartSeries(result).map((series) => svgChart(series, result, toParticipants))}</div>
			<p>${legend}</p>
			${result.steps.length === 0 ? null : stepTable(result)}
		</body>
	</html>`;
	return `${page}\n`;
}

function items(name: string, lines: readonly string[]) {
	if (lines.length === 0) return null;
	return html`<h2>${name}</h2><ul>${lines.map((line) => html`<li>${line}</li>`)}</ul>`;
}

const columns = [
	...["run", "why", "count", "participants", "outcome", "not joined", "connect p95", "loss"],
	...["jitter p95", "server cores", "tester cores", "why not"],
];

function stepTable({ steps }: Capacity) {
	return html`<div class="wide"><table>
		<thead><tr>${columns.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
		<tbody>
			${steps.map((step) => {
				const cells = [
					...[step.step, step.why, step.count, step.participants, step.outcome],
					...[step.failed + step.lost, figure(step.connectP95Ms, "ms")],
					...[figure(step.lossRatio, "ratio"), figure(step.jitterP95Ms, "ms")],
					...[step.server?.cpuCores?.toFixed(2) ?? "–", step.tester.cpuCores?.toFixed(2) ?? "–"],
					[...step.invalidities, ...step.thresholds].join("; "),
				];
				return html`<tr>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`;
			})}
		</tbody>
	</table></div>`;
}
