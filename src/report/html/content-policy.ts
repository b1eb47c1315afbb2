import { createHash } from "node:crypto";

/**
 * The page may run its one script and its one style sheet, and reach nothing else: neither what a name might smuggle
 * in runs, nor does the page ask any network for anything (CSP Level 3, hash sources).
 */
export function contentPolicy(script: string, style: string): string {
	return [
		"default-src 'none'",
		`script-src ${hashSource(script)}`,
		`style-src ${hashSource(style)}`,
		// The empty icon, without which a browser asks the server for one.
		"img-src data:",
		"base-uri 'none'",
		"form-action 'none'",
	].join("; ");
}

function hashSource(text: string): string {
	return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}
