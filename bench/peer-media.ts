import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { OpusPacketCache } from "../src/audio/opus-packets.js";
import { speechSource } from "../src/audio/speech.js";
import { UserError } from "../src/error/user-error.js";
import { oggOpus } from "./ogg-opus.js";

/**
 * Writes what livesoak itself publishes (speech, 20 ms Opus) over every `.ogg` in a folder: the Go module of
 * LiveKit's tester has Git LFS pointers there, and a binary built with those publishes nothing.
 *
 * @param folder `pkg/provider/resources` of a livekit-cli source tree
 * @returns the paths written
 * @throws UserError where it is no such folder
 */
export async function writePeerMedia(folder: string): Promise<string[]> {
	const names = await readdir(folder).catch(() => []);
	const media = names.filter((name) => name.endsWith(".ogg"));
	if (media.length === 0) {
		throw new UserError({
			message: `${folder} holds no .ogg files.`,
			hint: "Give pkg/provider/resources of the sources of livekit-cli.",
		});
	}
	const cache = new OpusPacketCache(speechSource(), { dtx: false });
	const packets = Array.from({ length: cache.frames }, (_, frame) => cache.packetAt(frame).payload);
	const file = oggOpus(packets);
	const paths = media.map((name) => join(folder, name));
	for (const path of paths) await writeFile(path, file);
	return paths;
}
