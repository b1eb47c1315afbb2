import { expect, test } from "vitest";
import type { Finding } from "../../../src/doctor/finding.js";
import { fold } from "../../../src/doctor/fold.js";

function finding(id: Finding["id"], change: Partial<Finding> = {}): Finding {
	return {
		...{ id, severity: "warning", confidence: "proven", title: `title of ${id}` },
		...{ cause: "cause", fix: "fix", evidence: [`seen by ${id}`], ...change },
	};
}

const dead = finding("gathering.no-srflx");

test.each(["ice-servers.public-stun-unreachable", "stun.no-answer", "stun.switched-off"] as const)(
	"%s has told it already, and gets what gathering saw",
	(id) => {
		const evidence = [`seen by ${id}`, dead.title, ...dead.evidence];
		for (const both of [
			[finding(id), dead],
			[dead, finding(id)],
		])
			expect(fold(both)).toEqual([{ ...finding(id), evidence }]);
	},
);

test("a line that both have seen is there once", () => {
	const [one] = fold([finding("stun.no-answer", { evidence: dead.evidence }), dead]);
	expect(one?.evidence).toEqual([...dead.evidence, dead.title]);
});

test("what nobody else tells stays, and so does what is no view of the same", () => {
	const others = [dead, finding("turn.no-answer"), finding("ice-servers.doubled")];
	expect(fold(others)).toEqual(others);
});

test("a fault is not hidden behind a warning", () => {
	const fault = finding("gathering.no-srflx", { severity: "fault" });
	expect(fold([finding("stun.no-answer"), fault])).toHaveLength(2);
});
