import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { capacity } from "./capacity.js";
import { liveRun } from "./live-run.js";
import { server } from "./server.js";
import { soak } from "./soak.js";

/** Every dashboard, by the name of its file in `grafana/dashboards`. */
export function dashboards(): ReadonlyMap<string, Dashboard> {
	return new Map([
		["live-run.json", liveRun().build()],
		["soak.json", soak().build()],
		["capacity.json", capacity().build()],
		["server.json", server().build()],
	]);
}

/** The text of the file before it is formatted as all files are: the same for the same source, on any machine. */
export function dashboardText(dashboard: Dashboard): string {
	return `${JSON.stringify(dashboard, null, "\t")}\n`;
}
