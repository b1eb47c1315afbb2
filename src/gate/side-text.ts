import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { isExecutableFile } from "../backend/find-on-path.js";
import { liveKitVersion } from "../backend/livekit-version.js";
import { UserError } from "../error/user-error.js";

/** What `--baseline` and `--candidate` name. */
export type SideSpec =
	| { readonly kind: "binary"; readonly path: string; readonly version: string }
	| { readonly kind: "url"; readonly url: string }
	| { readonly kind: "baseline-file"; readonly path: string }
	| { readonly kind: "results"; readonly path: string };

/**
 * A ws:// or wss:// URL, a baseline file (.json), a folder of results, or the path of a livekit-server.
 * @param flag the one that has it: `--baseline`
 * @throws UserError saying what it is instead
 */
export async function readSide(
	text: string,
	flag: string,
	signal?: AbortSignal,
): Promise<SideSpec> {
	if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return { kind: "url", url: checkedUrl(text, flag) };
	const entry = await stat(text).catch(() => undefined);
	if (text === "" || !entry) {
		const message = text === "" ? `${flag} is empty.` : `${flag} ${text}: there is no such file.`;
		throw new UserError({ message, hint: whatFits });
	}
	const path = resolve(text);
	if (entry.isDirectory()) return { kind: "results", path };
	if (text.endsWith(".json")) return { kind: "baseline-file", path };
	if (!(await isExecutableFile(path)))
		throw new UserError({ message: `${flag} ${text}: is not executable.`, hint: whatFits });
	const version = await liveKitVersion(path, signal);
	if (version !== undefined) return { kind: "binary", path, version };
	throw new UserError({
		message: `${flag} ${text}: is not a livekit-server: it does not answer to --version as one.`,
		hint: whatFits,
	});
}

const whatFits =
	"Give the path of a livekit-server, ws://HOST:7880 or wss://HOST, a baseline .json, or a folder of results.";

function checkedUrl(text: string, flag: string): string {
	const url = URL.canParse(text) ? new URL(text) : undefined;
	if (url?.protocol === "ws:" || url?.protocol === "wss:") return text.trim();
	throw new UserError({
		message: url
			? `${flag} has the scheme ${url.protocol.slice(0, -1)}; LiveKit's signalling is a WebSocket.`
			: `${flag} is not a URL.`,
		hint: "Write ws://HOST:7880 or wss://HOST",
	});
}

/** Nothing to choose between: a comparison of it with itself is only meant when it is said to be. */
export function isSameSide(a: SideSpec, b: SideSpec): boolean {
	if (a.kind === "url" && b.kind === "url") return new URL(a.url).href === new URL(b.url).href;
	return a.kind !== "url" && b.kind !== "url" && a.path === b.path;
}
