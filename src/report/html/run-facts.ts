import { html } from "hono/html";
import { clockTime, count } from "../../sink/figure.js";
import { dataText, packetsText, participantsText, testerText } from "../../sink/summary-rows.js";
import type { Markup } from "./markup.js";
import { type Side, sideName } from "./side.js";

/** What was run, by what, against what, and how to run it again. */
export function runFacts(sides: readonly Side[]): Markup {
	return html`<div class="sides">${sides.map(
		(side) => html`<div>${side.letter === "" ? "" : html`<h3>${sideName(side)}</h3>`}
<dl class="facts">${facts(side).map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
${again(side)}</div>`,
	)}</div>`;
}

function facts({ report: { summary, run, name } }: Side): (readonly [string, string])[] {
	const engines = Object.entries(summary?.engines ?? {}).map(
		([engine, version]) => `${engine} (${version})`,
	);
	const all: (readonly [string, string | undefined])[] = [
		["scenario", run ? `${summary?.scenario ?? name}, ${run.scenarioFile}` : summary?.scenario],
		["seed", summary && String(summary.seed)],
		["planned", run && `${count(run.participants)} participants for ${clockTime(run.plannedMs)}`],
		["participants", summary && participantsText(summary)],
		["RTP packets", summary && packetsText(summary)],
		["data messages", summary && dataText(summary)],
		[
			"server",
			summary &&
				`LiveKit ${summary.server.version ?? "of unknown version"} at ${summary.server.url}${summary.server.embedded ? ", started by livesoak" : ""}`,
		],
		["engines", engines.join(", ") || undefined],
		["livesoak", run?.livesoakVersion],
		["machine", run?.machine],
		["tester", summary && testerText(summary)],
		["result folder", name],
	];
	return all.flatMap(([fact, value]) => (value === undefined ? [] : [[fact, value] as const]));
}

function again({ letter, report: { run } }: Side): Markup | undefined {
	if (!run) return undefined;
	const id = `again${letter}`;
	return html`<div class="again"><h3>Run it again</h3><pre id="${id}" tabindex="0"><code>${run.command}</code></pre>
<button type="button" data-copy="${id}" hidden>Copy</button><span role="status"></span></div>`;
}
