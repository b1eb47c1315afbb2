import { redactor } from "../error/redact.js";
import type { DoctorContext } from "./context.js";
import type { Diagnosis } from "./diagnosis.js";
import type { CheckReport } from "./examine.js";

/** All secrets that this examination was given or came by. */
export function secretsOf({ target, facts }: Pick<DoctorContext, "target" | "facts">): string[] {
	const { token, apiSecret, turn, tokenUrl, turnUrl, url } = target;
	const secrets = [
		...[token, token?.trim(), apiSecret, apiSecret?.trim()],
		...[turn?.secret, turn?.password],
		...[tokenUrl, turnUrl, url].flatMap(passwordsOf),
		...(facts.tokens ?? []).map(({ text }) => text),
		...(facts.iceServers ?? []).map(({ password }) => password),
		...(facts.join?.iceServers ?? []).map(({ credential }) => credential),
	];
	return [...new Set(secrets.filter((secret): secret is string => secret !== undefined))];
}

/** As it stands in the URL, and as it is meant. */
function passwordsOf(url: URL | undefined): string[] {
	const written = url?.password ?? "";
	if (written === "") return [];
	try {
		return [written, decodeURIComponent(written)];
	} catch {
		return [written];
	}
}

/** The last net: findings hold no secrets by contract, but servers quote what they were sent. */
export function redactDiagnosis(diagnosis: Diagnosis, secrets: readonly string[]): Diagnosis {
	return redactDeep(diagnosis, redactor(secrets)) as Diagnosis;
}

/** As `redactDiagnosis`, for a report that is shown before the others are there. */
export function redactReport(report: CheckReport, secrets: readonly string[]): CheckReport {
	return redactDeep(report, redactor(secrets)) as CheckReport;
}

function redactDeep(value: unknown, clean: (text: string) => string): unknown {
	if (typeof value === "string") return clean(value);
	if (Array.isArray(value)) return value.map((each) => redactDeep(each, clean));
	if (typeof value !== "object" || value === null) return value;
	return Object.fromEntries(
		Object.entries(value).map(([key, each]) => [key, redactDeep(each, clean)]),
	);
}
