import type { Report } from "../report.js";
import { page } from "./page.js";
import { pageAssets } from "./page-assets.js";
import { sidesOf } from "./side.js";

/**
 * The report as one HTML file that needs no network: for a browser, for print, for an archive.
 * @param compared Another run, shown beside as B with the differences of the first to it
 * @throws UserError when livesoak was not built
 */
export async function htmlReport(report: Report, compared?: Report): Promise<string> {
	return String(await page(sidesOf(report, compared), await pageAssets()));
}
