import { execFile } from "node:child_process";
import { promisify } from "node:util";

const answerBoundMs = 5_000;

/**
 * What `<binary> --version` says ("livekit-server version 1.13.5"), with a leading `v`.
 * `undefined` where the program is something else or does not answer within 5 s.
 */
export async function liveKitVersion(
	binary: string,
	signal?: AbortSignal,
): Promise<string | undefined> {
	try {
		const { stdout } = await promisify(execFile)(binary, ["--version"], {
			// Nothing of ours: LIVEKIT_CONFIG and the like are read even for --version.
			env: {},
			timeout: answerBoundMs,
			killSignal: "SIGKILL",
			...(signal === undefined ? {} : { signal }),
		});
		const version = /^livekit-server version v?(\d\S*)/m.exec(stdout)?.[1];
		return version === undefined ? undefined : `v${version}`;
	} catch {
		signal?.throwIfAborted();
		return undefined;
	}
}
