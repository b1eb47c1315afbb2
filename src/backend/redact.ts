/** Replaces every secret by a placeholder, so that a server's own log lines can be shown. */
export function redact(line: string, secrets: readonly string[]): string {
	return secrets.reduce(
		(text, secret) => (secret === "" ? text : text.replaceAll(secret, "[secret]")),
		line,
	);
}
