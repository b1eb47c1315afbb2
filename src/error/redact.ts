const jwt = /eyJ[\w-]+\.[\w-]+(\.[\w-]*)?/g;
const secretParameter = /\b(access_token|join_request|token|secret|password|credential)=[^&\s"']+/gi;
const userInfo = /(\w+:\/\/)[^/@\s]+@/g;

/** Takes tokens, passwords and secrets out of a text that comes from elsewhere (servers echo tokens in errors). */
export function redact(text: string): string {
	return text
		.replace(jwt, "<token>")
		.replace(secretParameter, "$1=<secret>")
		.replace(userInfo, "$1<secret>@");
}
