// Writes the published JSON Schemas from the zod schemas of the build: `npm run schema`.
import { writeFileSync } from "node:fs";
import { capacitySchema } from "../dist/capacity/capacity-result.js";
import { diagnosisSchema } from "../dist/doctor/diagnosis.js";
import { gateResultSchema } from "../dist/gate/gate-result.js";
import { jsonSchemaText } from "../dist/scenario/json-schema.js";
import { scenarioSchema } from "../dist/scenario/schema.js";
import { summarySchema } from "../dist/verdict/summary.js";

const schemas = [
	["capacity.schema.json", capacitySchema],
	["doctor.schema.json", diagnosisSchema],
	["gate.schema.json", gateResultSchema],
	["scenario.schema.json", scenarioSchema],
	["summary.schema.json", summarySchema],
];

for (const [file, schema] of schemas)
	writeFileSync(new URL(`../schema/${file}`, import.meta.url), jsonSchemaText(schema));
