import { readdirSync, readFileSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type {
	FileFact,
	LintFacts,
	MachineFacts,
} from "../../../../src/doctor/config/lint-facts.js";

const folder = fileURLToPath(new URL("../../../cases/doctor/config/", import.meta.url));

/** A config file, what is known beside it, and `<line or -> <id>` for each finding. */
export interface LintCase {
	readonly name: string;
	readonly kind: "livekit" | "turn";
	readonly text: string;
	readonly facts: LintFacts;
	readonly expected: readonly string[];
}

interface WrittenFacts extends Omit<LintFacts, "machine" | "url"> {
	readonly url?: string;
	readonly machine?: {
		readonly addresses?: readonly string[];
		readonly firstFreePort?: number;
		readonly tcp?: readonly number[];
		readonly files?: Readonly<Record<string, FileFact>>;
	};
}

export const lintCases: readonly LintCase[] = readdirSync(folder)
	.filter((file) => /\.(yaml|conf)$/.test(file))
	.map((file) => {
		const name = basename(file, extname(file));
		const lines = readFileSync(join(folder, `${name}.expected`), "utf8").split("\n");
		const written = lines.find((line) => line.startsWith("facts "))?.slice("facts ".length);
		return {
			name,
			kind: file.endsWith(".yaml") ? "livekit" : "turn",
			text: readFileSync(join(folder, file), "utf8"),
			facts: factsOf(file, JSON.parse(written ?? "{}")),
			expected: lines.filter((line) => line !== "" && !line.startsWith("facts ")),
		};
	});

function factsOf(fileName: string, { machine, url, ...rest }: WrittenFacts): LintFacts {
	return {
		...{ participants: 2, nowMs: Date.parse("2026-11-22T00:00:00Z") },
		...rest,
		fileName,
		...(url === undefined ? {} : { url: new URL(url) }),
		...(machine && { machine: machineOf(machine) }),
	};
}

function machineOf(written: NonNullable<WrittenFacts["machine"]>): MachineFacts {
	return {
		addresses: written.addresses ?? ["127.0.0.1"],
		firstFreePort: written.firstFreePort ?? 0,
		listening: { udp: new Set(), tcp: new Set(written.tcp) },
		file: (path) => written.files?.[path],
	};
}
