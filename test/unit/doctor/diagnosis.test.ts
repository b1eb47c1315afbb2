import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import { type Diagnosis, diagnose, diagnosisSchema } from "../../../src/doctor/diagnosis.js";
import type { CheckReport, CheckStatus } from "../../../src/doctor/examine.js";
import type { Finding, Severity } from "../../../src/doctor/finding.js";
import { redactDiagnosis, secretsOf } from "../../../src/doctor/redact-diagnosis.js";
import { jsonSchemaText } from "../../../src/scenario/json-schema.js";

const schemaFile = new URL("../../../schema/doctor.schema.json", import.meta.url);

function finding(id: Finding["id"], severity: Severity): Finding {
	const texts = { title: `title of ${id}`, cause: "c", fix: "f", evidence: ["e"] };
	return { id, severity, confidence: "proven", ...texts };
}

function report(id: string, status: CheckStatus, findings: readonly Finding[] = []): CheckReport {
	return { id, title: "?", status, durationMs: 1.6, lines: [`${id} line`], findings };
}

const fault = report("turn", "fault", [finding("turn.x", "fault")]);
const warning = report("ice-servers", "warning", [finding("ice-servers.y", "warning")]);
const heard = report("audio", "ok");

describe("the summary says in one sentence", () => {
	test.each<[string, readonly CheckReport[], string]>([
		["what is in the way", [fault, warning], "audio cannot work: title of turn.x"],
		[
			"that some are cut off",
			[fault, heard],
			"audio works here and yet not for everybody: title of turn.x",
		],
		["what to mend", [warning, heard], "audio works, with a warning: title of ice-servers.y"],
		[
			"no more than was seen",
			[warning, report("audio", "skipped")],
			"no fault found, with a warning: title of ice-servers.y",
		],
		["how it was heard", [heard], "audio works: audio line"],
		[
			"that not all could be checked",
			[report("dns", "ok")],
			"nothing wrong found in what could be checked",
		],
	])("%s", (_what, reports, sentence) => {
		expect(diagnose(reports).summary).toBe(sentence);
	});

	test("that it was stopped: then nothing is called healthy", () => {
		const { ok, summary } = diagnose([report("dns", "ok")], { stopped: true });
		expect({ ok, summary }).toEqual({
			ok: false,
			summary: "stopped before all checks were over; nothing wrong found so far",
		});
	});
});

test("a warning is no fault", () => {
	expect(diagnose([warning]).ok).toBe(true);
	expect(diagnose([warning, fault]).ok).toBe(false);
});

test("fits its zod schema and the published JSON Schema, also after JSON", () => {
	const validate = new Ajv({ strict: false }).compile(JSON.parse(readFileSync(schemaFile, "utf8")));
	for (const each of [diagnose([fault, warning, heard]), diagnose([])]) {
		const wire = JSON.parse(JSON.stringify(each));
		expect(diagnosisSchema.parse(wire)).toEqual(each);
		expect(validate(wire), JSON.stringify(validate.errors)).toBe(true);
	}
	expect(validate({ ...diagnose([]), schema: 2 })).toBe(false);
});

test("schema/doctor.schema.json is current (else: npm run schema)", () => {
	expect(readFileSync(schemaFile, "utf8")).toBe(jsonSchemaText(diagnosisSchema));
});

test("the last net: no secret that the examination knew is in the diagnosis", () => {
	const token = "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJBUEkifQ.c2lnbmF0dXJl";
	const secrets = {
		apiSecret: "secret-of-the-api",
		turn: { uri: "turn:lk", secret: "secret-of-the-relay", password: "password-of-relay" },
		tokenUrl: new URL("https://user:pass%2Fword-of-service@app/api"),
		handed: "credential-handed-out",
	};
	const told = [
		...[token, secrets.apiSecret, secrets.turn.secret, secrets.turn.password, secrets.handed],
		...["pass%2Fword-of-service", "pass/word-of-service"],
	];
	const iceServers = [
		{ from: "server", urls: [], username: "u", password: secrets.handed },
	] as const;
	const known = secretsOf({
		target: { participants: 1, token, ...secrets },
		facts: { iceServers },
	});
	const leaky: Diagnosis = {
		...{ schema: 1, ok: false, summary: told.join(" ") },
		findings: [{ ...finding("turn.x", "fault"), evidence: told, fix: told.join(), rank: 1 }],
		checks: [{ id: "turn", status: "fault", durationMs: 1, lines: told }],
	};
	const text = JSON.stringify(redactDiagnosis(leaky, known));
	for (const each of told) expect(text).not.toContain(each);
	expect(JSON.parse(text)).toMatchObject({ ok: false, checks: [{ durationMs: 1 }] });
});
