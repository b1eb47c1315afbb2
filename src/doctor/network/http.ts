import type { CheckResult } from "../check.js";
import type { DoctorContext } from "../context.js";
import { clockFinding, clockOffsetMs } from "./clock-skew.js";
import { httpGet, quoted } from "./http-answer.js";
import { httpFinding } from "./http-finding.js";
import { isLiveKitRoot, isLiveKitValidate } from "./livekit-answer.js";
import { hostPort, noUrl, serverAddress } from "./server-address.js";

const answerWithinMs = 4_000;

/**
 * Whether LiveKit answers at the URL: its word at `/` ("OK") or, where a proxy has something else there, its refusal
 * at `/rtc/validate`. Both are asked without a token. Writes facts.isLiveKit and facts.clockOffsetMs.
 */
export async function checkHttp(context: DoctorContext): Promise<CheckResult> {
	const { target, facts } = context;
	const server = serverAddress(target);
	if (!server) return { lines: [], findings: [], skipped: noUrl };
	if (facts.isOpen === false)
		return { lines: [], findings: [], skipped: `no TCP connection to ${server.host}` };
	if (facts.tls === "failed")
		return { lines: [], findings: [], skipped: "nothing can be asked by the URL's scheme" };
	// Nothing secret is sent, and what is wrong with a certificate the check of TLS has told.
	const get = (url: string) =>
		httpGet(context, { url, insecure: true, caPem: target.caPem }, answerWithinMs);
	const top = `${server.isTls ? "https" : "http"}://${hostPort(server.host, server.port)}/`;
	const [root, validate, aboveRoot] = await Promise.all([
		get(`${server.httpBase}/`),
		get(`${server.httpBase}/rtc/validate`),
		server.path === "" ? undefined : get(top),
	]);
	const evidence = [
		`GET ${server.httpBase}/: ${"status" in root ? quoted(root) : root.words}`,
		`GET ${server.httpBase}/rtc/validate: ${"status" in validate ? quoted(validate) : validate.words}`,
	];
	facts.isLiveKit = isLiveKitRoot(root) || isLiveKitValidate(validate);
	const found = httpFinding({ server, root, validate, aboveRoot });
	if (found) return { lines: evidence, findings: [{ ...found, evidence }] };
	const dated = [root, validate].find((answer) => "status" in answer);
	const offsetMs = dated && "status" in dated ? clockOffsetMs(dated) : undefined;
	if (offsetMs === undefined) return { lines: evidence, findings: [] };
	facts.clockOffsetMs = offsetMs;
	const skew = clockFinding(offsetMs);
	const line = `the server's clock is ${(offsetMs / 1000).toFixed(1)} s from this machine's (±0.5 s)`;
	return { lines: [...evidence, line], findings: skew ? [skew] : [] };
}
