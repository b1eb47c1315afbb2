/** JSON that may stand in a `<script>`: no `</script>` or `<!--` can be in it (HTML, "restrictions on script contents"). */
export function inlineJson(value: unknown): string {
	return JSON.stringify(value).replace(/</g, "\\u003c");
}
