import type { ChalkInstance } from "chalk";
import Table from "cli-table3";
import { gateHead, gateLine, gateRow, methodLines, sideText } from "./figure-text.js";
import type { FigureResult, GateResult } from "./gate-result.js";

/** The end of a gate for a terminal or a log. */
export function gateText(result: GateResult, chalk: ChalkInstance, folder: string): string {
	const paint: Record<FigureResult["verdict"], ChalkInstance> = {
		...{ better: chalk.green, same: chalk.green, worse: chalk.red, unknown: chalk.yellow },
	};
	const table = new Table({
		head: [...gateHead],
		style: { head: [], border: [], compact: true },
	});
	for (const one of result.figures) {
		const [name = "", word = "", ...numbers] = gateRow(one);
		table.push([name, paint[one.verdict](word), ...numbers]);
	}
	const whys = result.figures.flatMap(({ metric, why, judges }) =>
		why !== undefined && judges ? [`${metric}: ${why}`] : [],
	);
	const color = { passed: chalk.green, stored: chalk.green, failed: chalk.red }[
		result.verdict as string
	];
	return [
		`baseline:  ${sideText(result.baseline)}`,
		`candidate: ${sideText(result.candidate)}`,
		...(result.figures.length > 0 ? [table.toString()] : []),
		...whys,
		...methodLines(result),
		`results: ${folder}`,
		(color ?? chalk.yellow)(gateLine(result)),
	].join("\n");
}
