import { nearest } from "../error/nearest.js";
import { UserError } from "../error/user-error.js";
import { type Figure, figures, type Margin } from "./figures.js";

export interface FigureWishes {
	/** `connect.media p95=10%`, also with an absolute value in the figure's unit: `rtp.rtt p50=5ms`. */
	readonly margin?: readonly string[] | undefined;
	/** These judge, all others are shown only. */
	readonly figure?: readonly string[] | undefined;
	/** These are shown only. */
	readonly advisory?: readonly string[] | undefined;
	readonly sharesOnly?: boolean | undefined;
}

/**
 * The figures of a gate by what the user wants of them.
 * @throws UserError naming the flag and the figure that is unknown, or the value that does not fit
 */
export function chooseFigures(wishes: FigureWishes): Figure[] {
	const { figure = [], advisory = [], margin = [] } = wishes;
	for (const name of figure) known(name, "--figure");
	for (const name of advisory) known(name, "--advisory");
	const both = figure.find((name) => advisory.includes(name));
	if (both !== undefined) {
		throw new UserError({ message: `"${both}" is both a --figure and --advisory.` });
	}
	const margins = new Map(margin.map(parseMargin));
	const chosen = figures
		.filter(({ isMachineBound }) => !(wishes.sharesOnly && isMachineBound))
		.map((one): Figure => {
			const own = margins.get(one.metric);
			const judges =
				figure.length > 0
					? figure.includes(one.metric)
					: !advisory.includes(one.metric) && (one.judges || own !== undefined);
			return { ...one, judges, ...(own ? { margin: own } : {}) };
		});
	if (chosen.some(({ judges }) => judges)) return chosen;
	throw new UserError({
		message: "No figure judges: every one is left out or --advisory.",
		hint: "Leave one of the flags --figure, --advisory and --shares-only out.",
	});
}

function parseMargin(text: string): [string, Margin] {
	const at = text.lastIndexOf("=");
	const name = text.slice(0, Math.max(0, at)).trim();
	if (at < 0) throw wrongMargin(text);
	const { unit } = known(name, "--margin");
	const [, number = "", suffix = ""] =
		/^(\d+(?:\.\d+)?)\s*([a-zA-Z%]*)$/.exec(text.slice(at + 1).trim()) ?? [];
	const value = Number(number);
	if (number === "" || value <= 0) throw wrongMargin(text);
	if (suffix === "%") return [name, { relative: value / 100 }];
	const factor = units[unit][suffix];
	if (factor === undefined) throw wrongMargin(text, Object.keys(units[unit]));
	return [name, { absolute: value * factor }];
}

/** Suffixes of absolute values; `pp`: percentage points. */
const units: Readonly<Record<Figure["unit"], Readonly<Record<string, number>>>> = {
	ms: { us: 0.001, ms: 1, s: 1000 },
	ratio: { pp: 0.01 },
	mos: { "": 1 },
	s: { us: 1e-6, ms: 0.001, s: 1 },
	bytes: { B: 1, kB: 1e3, MB: 1e6, GB: 1e9 },
};

function wrongMargin(text: string, suffixes?: readonly string[]): UserError {
	const units = suffixes?.map((suffix) => (suffix === "" ? "no unit" : suffix)).join(", ");
	return new UserError({
		message: `--margin ${text}: expected a figure, "=" and a value above 0${units ? ` with % or ${units}` : ""}.`,
		hint: 'For example: --margin "connect.media p95=10%" or --margin "rtp.loss mean=0.1pp"',
	});
}

function known(name: string, flag: string): Figure {
	const found = figures.find(({ metric }) => metric === name);
	if (found) return found;
	const names = figures.map(({ metric }) => metric);
	const near = nearest(name, names);
	throw new UserError({
		message: `${flag}: there is no figure "${name}"${near === undefined ? "" : `; did you mean "${near}"?`}.`,
		hint: `There are: ${names.join(", ")}.`,
	});
}
