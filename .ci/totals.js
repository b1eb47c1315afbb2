// Usage: node .ci/totals.js <vitest's JSON report> <failed steps> <exit code so far>
// Prints the tests that passed only when tried again and the skipped ones, then "N passed, N failed" alone on the last line.
// Ends with 1 unless tests passed, nothing failed, and the steps before went well.
import { readFileSync } from "node:fs";

const [file = "", failedSteps = "0", codeSoFar = "0"] = process.argv.slice(2);

function readReport() {
	try {
		return JSON.parse(readFileSync(file, "utf8"));
	} catch {
		return undefined;
	}
}

const report = readReport();
const passed = report?.numPassedTests ?? 0;
// A file that cannot be loaded, or whose beforeAll throws, fails without any test of it failing.
const brokenFiles = (report?.testResults ?? []).filter(
	({ status, assertionResults }) =>
		status === "failed" && !assertionResults.some((test) => test.status === "failed"),
).length;
let failed = (report?.numFailedTests ?? 0) + brokenFiles + Number(failedSteps);
// Something went wrong that no test has on its account: an unhandled error, a crash, a kill.
if (failed === 0 && (Number(codeSoFar) !== 0 || report === undefined || passed === 0)) failed = 1;

const skipped = report === undefined ? 0 : report.numPendingTests + report.numTodoTests;
if (report === undefined) process.stdout.write("== no test report: the tests did not run\n");
for (const { name, assertionResults } of report?.testResults ?? [])
	for (const test of assertionResults)
		if (test.status === "passed" && test.failureMessages.length > 0)
			process.stdout.write(
				`== passed only when tried again: ${name} > ${test.fullName}: ${test.failureMessages[0].split("\n")[0]}\n`,
			);
if (skipped > 0) process.stdout.write(`== ${skipped} skipped\n`);
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
