import { readFile } from "node:fs/promises";
import { createServer } from "node:tls";
import { expect, onTestFinished, test } from "vitest";
import { requirePart, withLiveKit, withTestCa } from "../rig/real-parts.js";
import type { TestCertificate } from "../rig/test-ca.js";
import { startTlsFront } from "../rig/tls-front.js";
import { tokenFor, walk } from "./doctor-network-rig.js";

requirePart("openssl")("LiveKit behind TLS", () => {
	const server = withLiveKit();
	const ca = withTestCa();

	async function behind(certificate: TestCertificate, caFile: string | undefined = ca().caFile) {
		const front = await startTlsFront(server().ports.signalPort, certificate);
		onTestFinished(() => front.close());
		const caPem = caFile === "" ? {} : { caPem: await readFile(caFile, "utf8") };
		const url = new URL(`wss://localhost:${front.port}`);
		const walked = await walk({ url, ...caPem }, await tokenFor(server()));
		return { ...walked, ids: walked.ids.filter((id) => !id.startsWith("ice-servers.")) };
	}

	test("a good certificate of the CA that was given: no finding, and the join is through it", async () => {
		const { ids, facts } = await behind(ca().server);
		expect(ids).toEqual([]);
		expect(facts.tls).toBe("trusted");
		expect(facts.join).toBeDefined();
	});

	test.each<[string, () => TestCertificate, (() => string)?]>([
		["tls.expired", () => ca().expired],
		["tls.wrong-name", () => ca().wrongName],
		["tls.unknown-ca", () => ca().server, () => ca().otherCaFile],
		["tls.unknown-ca", () => ca().server, () => ""],
	])("%s, and no token is sent", async (id, certificate, caFile) => {
		const { ids, facts, results } = await behind(certificate(), caFile?.());
		expect(ids).toEqual([id]);
		expect(facts).toMatchObject({ tls: "untrusted", isLiveKit: true });
		expect(facts.join).toBeUndefined();
		expect(results.signal?.skipped).toContain("no token is sent");
	});

	test("a self-signed certificate", async () => {
		const caFile = ca().caFile;
		const keyFile = caFile.replace(/\.pem$/, ".key");
		const { ids } = await behind({ certFile: caFile, keyFile }, "");
		expect(ids[0]).toBe("tls.self-signed");
	});

	test("wss:// to LiveKit's own port, which has no TLS", async () => {
		const url = new URL(server().url.replace("ws:", "wss:"));
		const { ids, text } = await walk({ url }, await tokenFor(server()));
		expect(ids).toEqual(["tls.plain-http"]);
		expect(text).toContain(`--url ${server().url}`);
	});

	test("ws:// to a port with TLS", async () => {
		const front = await startTlsFront(server().ports.signalPort, ca().server);
		onTestFinished(() => front.close());
		const { ids, text } = await walk(
			{ url: new URL(`ws://localhost:${front.port}`) },
			await tokenFor(server()),
		);
		expect(ids).toEqual(["tls.needs-wss"]);
		expect(text).toContain(`--url wss://localhost:${front.port}`);
	});

	test("a server that speaks nothing newer than TLS 1.1", async () => {
		const { certFile, keyFile } = ca().server;
		const old = createServer({
			...{ cert: await readFile(certFile), key: await readFile(keyFile) },
			...{ minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT:@SECLEVEL=0" },
		});
		await new Promise<void>((resolve) => old.listen(0, "127.0.0.1", resolve));
		onTestFinished(() => void old.close());
		const address = old.address();
		const port = typeof address === "object" ? address?.port : undefined;
		const { ids, text } = await walk({ url: new URL(`wss://127.0.0.1:${port}`) });
		expect(ids).toEqual(["tls.old-protocol"]);
		expect(text).toContain("TLSv1.1");
	});
});
