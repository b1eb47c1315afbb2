import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readTurnCa } from "../../../src/cli/connection-options.js";
import { UserError } from "../../../src/error/user-error.js";

const secret = "shh-nobody-may-see-this";

describe("the private CA of a TURN server", () => {
	const pem = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
	async function inFile<T>(text: string, use: (path: string) => Promise<T>): Promise<T> {
		const folder = await mkdtemp(join(tmpdir(), "livesoak-ca-"));
		try {
			const path = join(folder, "ca.pem");
			await writeFile(path, text);
			return await use(path);
		} finally {
			await rm(folder, { recursive: true });
		}
	}

	test("is the text of its file; none without the flag", async () => {
		expect(await inFile(pem, readTurnCa)).toBe(pem);
		expect(await readTurnCa(undefined)).toBeUndefined();
	});

	test("a file that is not there, or holds a key in place of a certificate", async () => {
		await expect(readTurnCa("/nowhere/ca.pem")).rejects.toThrow(
			"--turn-ca /nowhere/ca.pem: cannot be read (ENOENT).",
		);
		const key = `-----BEGIN PRIVATE KEY-----\n${secret}\n`;
		const error = await inFile(key, (path) => readTurnCa(path).catch((reason: unknown) => reason));
		expect(error).toBeInstanceOf(UserError);
		expect(String(error)).toMatch(/holds no PEM certificate/);
		expect(String(error)).not.toContain(secret);
	});
});
