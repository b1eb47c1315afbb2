/** A threshold that cannot be right, whatever the run brings. The caller knows its file and line. */
export class ThresholdError extends Error {
	/** What would be right. */
	readonly hint: string;

	constructor(message: string, hint: string) {
		super(message);
		this.name = "ThresholdError";
		this.hint = hint;
	}
}
