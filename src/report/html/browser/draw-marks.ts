import type uPlot from "uplot";
import type { ReportMark } from "../../report.js";
import { color } from "./theme.js";

/** Faults and other marks behind the lines: a stretch is shaded, a moment is a line; its number stands on top. */
export function drawMarks(plot: uPlot, marks: readonly ReportMark[]): void {
	const { ctx, bbox } = plot;
	ctx.save();
	ctx.beginPath();
	ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
	ctx.clip();
	ctx.font = `${10 * devicePixelRatio}px system-ui, sans-serif`;
	ctx.textBaseline = "top";
	ctx.textAlign = "left";
	for (const [index, { fromMs, untilMs, kind }] of marks.entries()) {
		const stroke = color(kind === "fault" ? "mark" : "bad");
		const from = Math.round(plot.valToPos(fromMs / 1_000, "x", true));
		if (untilMs !== undefined) {
			ctx.globalAlpha = 0.14;
			ctx.fillStyle = stroke;
			const until = plot.valToPos(untilMs / 1_000, "x", true);
			ctx.fillRect(from, bbox.top, Math.max(1, until - from), bbox.height);
		}
		ctx.globalAlpha = 1;
		ctx.fillStyle = stroke;
		ctx.fillRect(from, bbox.top, Math.max(1, devicePixelRatio), bbox.height);
		if (index < 99) ctx.fillText(String(index + 1), from + 3 * devicePixelRatio, bbox.top + 2);
	}
	ctx.restore();
}
