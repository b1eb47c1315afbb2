import { expect, test } from "vitest";
import wavefile from "wavefile";
import { builtInSources } from "../../../src/audio/built-in-sources.js";
import { openPcmSource } from "../../../src/audio/open-source.js";
import { UserError } from "../../../src/error/user-error.js";

const noFile = async (): Promise<Buffer> => {
	throw Object.assign(new Error("ENOENT: no such file"), { code: "ENOENT" });
};

test.each(builtInSources)("%s needs no file", async (name) => {
	expect((await openPcmSource(name, noFile)).name).toBe(name);
});

test("anything else is the path of a WAV file", async () => {
	const wav = new wavefile.WaveFile();
	wav.fromScratch(1, 48_000, "16", [1_000, 2_000, 3_000]);
	const paths: string[] = [];
	const source = await openPcmSource("voices/a.wav", async (path) => {
		paths.push(path);
		return Buffer.from(wav.toBuffer());
	});
	const out = new Int16Array(4);
	source.read(1, out);
	expect([...out]).toEqual([2_000, 3_000, 1_000, 2_000]);
	expect(paths).toEqual(["voices/a.wav"]);
});

test.each([
	["speach", "ENOENT", "there is no such file", 'Did you mean "speech"?'],
	["voices/a.wav", "ENOENT", "there is no such file", "Give the path of a WAV file"],
	["voices", "EISDIR", "it is a folder", "Give the path of a WAV file"],
	["secret.wav", "EACCES", "it may not be read (permission denied)", "Give the path"],
])("%s that gives %s", async (name, code, reason, hint) => {
	const opening = openPcmSource(name, async () => {
		throw Object.assign(new Error(code), { code });
	});
	const error: unknown = await opening.catch((caught: unknown) => caught);
	expect(error).toBeInstanceOf(UserError);
	expect(error).toMatchObject({
		message: `Audio source "${name}" cannot be opened: ${reason}.`,
		hint: expect.stringContaining(hint),
	});
});
