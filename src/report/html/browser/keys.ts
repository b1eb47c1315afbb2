import type uPlot from "uplot";
import { clockTime } from "../../../sink/figure.js";
import type { DrawnChart } from "./draw-chart.js";
import type { Zoom } from "./zoom.js";

export interface KeyOrder {
	readonly frame: HTMLElement;
	readonly plot: uPlot;
	readonly title: string;
	readonly zoom: Zoom;
	readonly others: () => readonly DrawnChart[];
}

/** Of what is shown, with Shift held. */
const farShare = 0.1;

/** Makes a chart a slider along time: reachable by Tab, moved by arrows, read out by its value text. */
export function offerKeys({ frame, plot, title, zoom, others }: KeyOrder): void {
	frame.tabIndex = 0;
	frame.setAttribute("role", "slider");
	frame.setAttribute("aria-label", `${title}, cursor along the run`);
	frame.setAttribute("aria-valuemin", String(Math.round(zoom.first)));
	frame.setAttribute("aria-valuemax", String(Math.round(zoom.last)));
	frame.setAttribute("aria-valuenow", String(Math.round(zoom.first)));
	frame.setAttribute("aria-valuetext", clockTime(zoom.first * 1_000));
	const seconds = plot.data[0];
	const at = () => plot.cursor.idx ?? plot.valToIdx(zoom.from);
	const go = (index: number) => {
		const held = Math.min(Math.max(index, 0), seconds.length - 1);
		const to = seconds[held] ?? zoom.first;
		const wide = zoom.until - zoom.from;
		if (to < zoom.from) zoom.show(to, to + wide);
		if (to > zoom.until) zoom.show(to - wide, to);
		for (const each of others()) each.cursorTo(to);
	};
	const far = () =>
		Math.max(1, Math.round((plot.valToIdx(zoom.until) - plot.valToIdx(zoom.from)) * farShare));
	const actions: Readonly<Record<string, (shift: boolean) => void>> = {
		ArrowRight: (shift) => go(at() + (shift ? far() : 1)),
		ArrowLeft: (shift) => go(at() - (shift ? far() : 1)),
		PageUp: () => go(at() + far()),
		PageDown: () => go(at() - far()),
		Home: () => go(plot.valToIdx(zoom.from)),
		End: () => go(plot.valToIdx(zoom.until)),
		"+": () => zoom.by(0.5, seconds[at()]),
		"=": () => zoom.by(0.5, seconds[at()]),
		"-": () => zoom.by(2, seconds[at()]),
		"0": () => zoom.reset(),
		Escape: () => zoom.reset(),
	};
	frame.addEventListener("keydown", (event) => {
		const action = event.ctrlKey || event.metaKey || event.altKey ? undefined : actions[event.key];
		if (!action) return;
		event.preventDefault();
		action(event.shiftKey);
	});
}
