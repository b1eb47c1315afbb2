import { type Summary, summarySchema } from "../verdict/summary.js";
import { type ReadJson, readJson } from "./read-json.js";

/** @throws UserError when summary.json is of another version */
export function readSummary(folder: string): Promise<ReadJson<Summary>> {
	return readJson(
		folder,
		"summary.json",
		summarySchema,
		"the run was killed or still goes on, or the file was damaged since",
	);
}
