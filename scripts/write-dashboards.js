// Writes the Grafana dashboards from their source, which is TypeScript: `npm run dashboards`.
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { runnerImport } from "vite";

const root = new URL("../grafana/", import.meta.url);
const { module } = await runnerImport(fileURLToPath(new URL("source/dashboards.ts", root)));
for (const [file, dashboard] of module.dashboards())
	writeFileSync(new URL(`dashboards/${file}`, root), module.dashboardText(dashboard));
