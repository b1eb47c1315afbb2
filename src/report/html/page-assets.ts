import { readFile } from "node:fs/promises";
import { UserError } from "../../error/user-error.js";

/** The texts that `npm run build` makes of `browser/`, put whole into each page. */
export interface PageAssets {
	readonly script: string;
	readonly style: string;
}

/** @throws UserError when livesoak was not built */
export async function pageAssets(): Promise<PageAssets> {
	const [script, style] = await Promise.all([asset("page.js"), asset("page.css")]);
	return { script, style };
}

/** From a chunk of dist, from a module of dist, from the source. */
async function asset(name: string): Promise<string> {
	for (const folder of ["../report-page/", "../../report-page/", "../../../dist/report-page/"]) {
		const text = await readFile(new URL(folder + name, import.meta.url), "utf8").catch(
			() => undefined,
		);
		if (text !== undefined) return text;
	}
	throw new UserError({
		message: `The HTML report's ${name} is missing from the installation.`,
		hint: "Build livesoak again: npm run build",
		exitCode: 1,
	});
}
