import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import {
	makeTemporaryFolder,
	removeTemporaryFolder,
	writeSecretFile,
} from "../../backend/temporary-folder.js";
import type { Clock } from "../../clock/clock.js";
import { within } from "../../clock/within.js";
import { redact } from "../../error/redact.js";
import type { FromMedia, MediaJob, MediaOutcomes, ToMedia } from "./media-jobs.js";

/** libwebrtc is loaded and warmed up meanwhile. */
const readyWithinMs = 10_000;
/** Beyond the bound of a job, before its process is taken to be stuck. */
const slackMs = 6_000;
const politeMs = 3_000;
const lastWordsLength = 1_000;

/**
 * A process for WebRTC. libwebrtc writes to the standard output, starts but once in a process, and a crash of it
 * would end the examination.
 */
export class MediaProcess {
	readonly #child: ChildProcess;
	readonly #clock: Clock;
	readonly #caFolder: string | undefined;
	readonly #waiting = new Map<number, { done(outcome: unknown): void; failed(why: Error): void }>();
	readonly #exited: Promise<void>;
	#lastWords = "";
	#jobs = 0;

	private constructor(child: ChildProcess, clock: Clock, caFolder: string | undefined) {
		this.#child = child;
		this.#clock = clock;
		this.#caFolder = caFolder;
		child.stderr?.on("data", (chunk: Buffer) => {
			this.#lastWords = (this.#lastWords + chunk.toString("utf8")).slice(-lastWordsLength);
		});
		child.on("message", (message) => this.#onMessage(message as FromMedia));
		this.#exited = new Promise((resolve) => {
			child.once("close", () => resolve());
			child.once("error", () => resolve());
		});
		void this.#exited.then(() => {
			const why = new Error(`the WebRTC process ended: ${redact(this.#lastWords).trim()}`);
			for (const { failed } of this.#waiting.values()) failed(why);
			this.#waiting.clear();
		});
	}

	/**
	 * @param caPem trusted beside the public authorities, by the signalling too
	 * @throws Error when it does not get ready in 10 s
	 */
	static async start(clock: Clock, caPem: string | undefined): Promise<MediaProcess> {
		const caFolder = caPem === undefined ? undefined : await makeTemporaryFolder("ca");
		const env =
			caFolder === undefined || caPem === undefined
				? undefined
				: { NODE_EXTRA_CA_CERTS: await writeSecretFile(caFolder, "ca.pem", caPem) };
		const child = fork(entryFile(), [], {
			execArgv: [],
			stdio: ["ignore", "ignore", "pipe", "ipc"],
			serialization: "advanced",
			...(env ? { env } : {}),
		});
		const media = new MediaProcess(child, clock, caFolder);
		const ready = new Promise<boolean>((resolve) => {
			child.once("message", () => resolve(true));
			void media.#exited.then(() => resolve(false));
		});
		if (await within(clock, readyWithinMs, ready)) return media;
		await media.end();
		throw new Error(`the WebRTC process does not start: ${redact(media.#lastWords).trim()}`);
	}

	/** @throws Error when the process ends or is stuck; how the job itself went is in its outcome */
	async run<Job extends MediaJob>(
		job: Job,
		signal: AbortSignal,
	): Promise<MediaOutcomes[Job["kind"]]> {
		const id = ++this.#jobs;
		const cancel = () => this.#send({ kind: "cancel", id });
		const outcome = new Promise<unknown>((done, failed) => {
			this.#waiting.set(id, { done, failed });
			if (!this.#child.connected) failed(new Error("the WebRTC process is gone"));
		});
		this.#send({ kind: "job", id, job });
		signal.addEventListener("abort", cancel, { once: true });
		if (signal.aborted) cancel();
		try {
			const known = await within(this.#clock, job.boundMs + slackMs, outcome);
			if (known === undefined) throw new Error("the WebRTC process does not answer");
			return known as MediaOutcomes[Job["kind"]];
		} finally {
			signal.removeEventListener("abort", cancel);
			this.#waiting.delete(id);
		}
	}

	/** Politely, after 3 s by force. Idempotent, never rejects. */
	async end(): Promise<void> {
		this.#send({ kind: "end" });
		const left = this.#exited.then(() => true);
		if (!(await within(this.#clock, politeMs, left))) this.#child.kill("SIGKILL");
		if (this.#caFolder !== undefined) await removeTemporaryFolder(this.#caFolder).catch(() => {});
	}

	#send(message: ToMedia): void {
		if (this.#child.connected) this.#child.send(message, () => {});
	}

	#onMessage(message: FromMedia): void {
		switch (message.kind) {
			case "ready":
				return;
			case "done":
				this.#waiting.get(message.id)?.done(message.outcome);
				return;
			case "failed":
				this.#waiting.get(message.id)?.failed(new Error(redact(message.message)));
				return;
			default:
				message satisfies never;
		}
	}
}

/**
 * Another process cannot run TypeScript: from the sources it is the built one. The built command is in bundles
 * (`dist/chunks`), the entry stays beside its sources.
 */
function entryFile(): string {
	const entry = import.meta.url.replace(
		/\/(?:src|dist)\/(?:doctor\/connection|chunks|cli)\/[^/]*$/,
		"/dist/doctor/connection/media-entry.js",
	);
	return fileURLToPath(entry);
}
