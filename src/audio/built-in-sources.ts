/** The sources that need no file, by the word the user types; anything else is the path of a WAV file. */
export const builtInSources = ["tone", "speech", "silence"] as const;

export type BuiltInSource = (typeof builtInSources)[number];

export function isBuiltInSource(source: string): source is BuiltInSource {
	return (builtInSources as readonly string[]).includes(source);
}
