import { join } from "node:path";
import { findOnPath, isExecutableFile } from "./find-on-path.js";
import type { GetRequest, GetWay } from "./get-way.js";
import { startGuarded } from "./guarded-process.js";

const modulePath = "github.com/livekit/livekit-server/cmd/server";
const buildBoundMs = 15 * 60_000;
const progressEveryMs = 5_000;

/**
 * Builds the release with `go install`. Go's own checksum database vouches for the sources.
 * About two minutes and 1.5 GB of module and build cache on a cold 2-core machine.
 */
export const getGo: GetWay = {
	name: "go install",
	async get({ version, workFolder, env, onProgress, signal }: GetRequest) {
		const go = await findOnPath("go", env);
		if (go === undefined) throw new Error("no `go` on PATH");
		onProgress(`building with go install ${modulePath}@${version} (about two minutes)`);
		// GOBIN is refused for another target than this machine.
		const { GOOS: _os, GOARCH: _arch, ...goEnv } = env;
		let packages = 0;
		let latest = "go install: starting";
		const build = await startGuarded({
			command: go,
			// -v names every package as it is compiled: the only progress go shows.
			args: ["install", "-v", `${modulePath}@${version}`],
			env: { ...goEnv, GOBIN: workFolder },
			onLine: (line) => {
				if (!line.startsWith("go: ")) packages += 1;
				latest = packages === 0 ? line : `go install: ${packages} packages built`;
			},
		});
		// By the clock and not by the line: linking takes its time in silence.
		const ticker = setInterval(() => onProgress(latest), progressEveryMs);
		const bound = AbortSignal.any([signal, AbortSignal.timeout(buildBoundMs)]);
		const stop = () => void build.stop();
		bound.addEventListener("abort", stop, { once: true });
		if (bound.aborted) stop();
		const { code } = await build.exited;
		clearInterval(ticker);
		bound.removeEventListener("abort", stop);
		signal.throwIfAborted();
		if (bound.aborted) throw new Error("go install did not end within 15 minutes");
		if (code !== 0)
			throw new Error(`go install failed: ${build.logTail().at(-1) ?? `code ${code}`}`);
		const binary = join(workFolder, "server");
		if (!(await isExecutableFile(binary))) throw new Error("go install left no binary");
		return binary;
	},
};
