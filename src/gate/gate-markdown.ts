import { escapeMarkdown } from "../sink/markdown.js";
import { gateHead, gateLine, gateRow, methodLines, sideText } from "./figure-text.js";
import type { FigureResult, GateResult } from "./gate-result.js";

const marks: Readonly<Record<FigureResult["verdict"], string>> = {
	...{ better: "🟢", same: "✅", worse: "❌", unknown: "❔" },
};

/** gate.md: a comment for a pull request (GitHub's Markdown). Figures without a say are folded away. */
export function gateMarkdown(result: GateResult): string {
	const { verdict, figures, seed, scenario } = result;
	const judging = figures.filter(({ judges }) => judges);
	const shown = figures.filter(({ judges }) => !judges);
	const mark =
		verdict === "passed" || verdict === "stored" ? "✅" : verdict === "failed" ? "❌" : "❔";
	const parts = [
		`# ${mark} ${escapeMarkdown(gateLine(result))}`,
		[
			`- baseline: ${escapeMarkdown(sideText(result.baseline))}`,
			`- candidate: ${escapeMarkdown(sideText(result.candidate))}`,
			`- scenario ${escapeMarkdown(scenario)}, seed ${seed}`,
		].join("\n"),
		table(judging),
		unknowns(judging),
		shown.length === 0
			? ""
			: `<details><summary>Shown only (${shown.length})</summary>\n\n${table(shown)}\n\n</details>`,
		methodLines(result).map(escapeMarkdown).join("  \n"),
	];
	return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function table(figures: readonly FigureResult[]): string {
	if (figures.length === 0) return "";
	const line = (cells: readonly string[]) => `| ${cells.map(escapeMarkdown).join(" | ")} |`;
	const rows = figures.map((one) => {
		const [name = "", word = "", ...numbers] = gateRow(one);
		return line([name, `${marks[one.verdict]} ${word}`, ...numbers]);
	});
	return [line(gateHead), `|${gateHead.map(() => " --- |").join("")}`, ...rows].join("\n");
}

function unknowns(figures: readonly FigureResult[]): string {
	return figures
		.filter(({ verdict }) => verdict === "unknown")
		.map(({ metric, why }) => `- ${escapeMarkdown(`${metric}: ${why ?? "unknown"}`)}`)
		.join("\n");
}
