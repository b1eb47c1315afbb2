import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { capacityHtml } from "../capacity/capacity-html.js";
import type { Capacity } from "../capacity/capacity-result.js";
import { redactedJson, redactor } from "../error/redact.js";
import { UserError } from "../error/user-error.js";
import { writeAtomically } from "../sink/atomic-file.js";
import { makeFolders } from "../sink/make-folders.js";

/** The result folder of a search: capacity.json, capacity.html, and the folders of its runs below `steps`. */
export class CapacityFolder {
	readonly path: string;

	private constructor(path: string) {
		this.path = path;
	}

	/** @throws UserError when it cannot be made */
	static async make(out: string, scenarioName: string, now: Date): Promise<CapacityFolder> {
		const time = now.toISOString().replace(/[-:]|\.\d+/g, "");
		const id = randomBytes(3).toString("hex");
		const folder = new CapacityFolder(join(out, `${time}-capacity-${scenarioName}-${id}`));
		try {
			await makeFolders(folder.steps);
		} catch (cause) {
			const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown";
			throw new UserError({
				message: `--out ${out}: cannot make the result folder (${code}).`,
				hint: "Name a folder that you may write to, for example --out ./results.",
				cause,
			});
		}
		return folder;
	}

	get steps(): string {
		return join(this.path, "steps");
	}

	/** Both files, whole. @param toParticipants participants at that many of the varied unit */
	async write(
		result: Capacity,
		toParticipants: (count: number) => number,
		secrets: readonly string[],
	): Promise<void> {
		const text = redactedJson(result, redactor(secrets), "\t");
		const clean: Capacity = JSON.parse(text);
		await writeAtomically(join(this.path, "capacity.json"), `${text}\n`);
		await writeAtomically(join(this.path, "capacity.html"), capacityHtml(clean, toParticipants));
	}
}
