import { exitCodes } from "../src/error/exit-codes.js";
import { UserError } from "../src/error/user-error.js";
import type { ChurnOrder } from "./churn/churn-order.js";
import { type ChurnResult, runChurn } from "./churn/churn-run.js";
import { type ServerState, startChurnServers } from "./churn/churn-servers.js";
import { churnTable } from "./churn/churn-table.js";
import { type Finding, findingsOf } from "./churn/findings.js";
import type { BenchContext } from "./context.js";

/** Invalid and failed runs are results, too: what is judged here is what the tester leaves behind. */
const finished: readonly (number | null)[] = [
	exitCodes.passed,
	exitCodes.invalid,
	exitCodes.thresholdFailed,
];

/**
 * People come and go for a long time: does livesoak grow, and does it or the server keep anything of those who
 * have left?
 * @throws UserError (exit 1) when something did
 */
export async function churn(
	context: BenchContext,
	order: ChurnOrder,
	{ sampleEveryMs }: { readonly sampleEveryMs: number },
): Promise<void> {
	const { show, save, signal, version } = context;
	const servers = await startChurnServers(order.ice, context);
	try {
		const before = await servers.state();
		const result = await runChurn(order, { ...servers.target, sampleEveryMs, signal });
		if (!finished.includes(result.code))
			throw new UserError({ message: `livesoak did not come to its end: ${result.stderr}` });
		const after = await servers.stateAfter();
		const findings = findingsOf(order, result);
		show(churnTable(findings));
		for (const line of storyOf(result, before, after)) show(line);
		await save("churn", {
			...{ server: servers.version, livesoak: version, order, findings, before, after },
			summary: result.summary,
		});
		const faults = faultsOf(findings, after);
		if (faults.length > 0) throw new UserError({ message: faults.join("; "), exitCode: 1 });
	} finally {
		await servers.stop();
	}
}

function storyOf({ summary }: ChurnResult, before: ServerState, after: ServerState): string[] {
	const { joined, failed, lost } = summary.participants;
	const failures = summary.failures.map(({ stage, cause, count }) => `${count} ${stage}: ${cause}`);
	return [
		`${joined} joins, ${failed} failed, ${lost} lost, ${summary.verdict}`,
		...failures,
		`server: ${after.participants.length} participants in ${after.rooms} rooms are left; goroutines ${before.goroutines} before, ${after.goroutines} after`,
	];
}

/** The servers beside the tester are shown, and not judged: they are others' programs. */
function faultsOf(findings: readonly Finding[], { participants }: ServerState): string[] {
	return [
		...findings
			.filter(({ process }) => /^(livesoak|worker \d+)$/.test(process))
			.filter(({ verdict }) => verdict === "grows" || verdict === "left behind")
			.map(({ process, figure, verdict }) => `${process}: ${figure} ${verdict}`),
		...(participants.length > 0 ? [`left on the server: ${participants.join(", ")}`] : []),
	];
}
