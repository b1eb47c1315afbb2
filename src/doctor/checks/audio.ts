import { icePolicies } from "../../ice/policy.js";
import { audioLines } from "../audio/audio-lines.js";
import { judgeAudio } from "../audio/judge-audio.js";
import { tokenGrants } from "../audio/token-grants.js";
import type { Check, CheckResult } from "../check.js";
import { planAttempts } from "../connection/attempts.js";
import type { HearJob } from "../connection/media-jobs.js";
import { MediaProcess } from "../connection/media-process.js";
import type { DoctorContext, DoctorFacts } from "../context.js";
import type { Finding } from "../finding.js";
import { signalUrl } from "./connection.js";

/** A little more than one loop of the marker. */
const exchangeMs = 2_300;
const listenMs = 3_000;
const joinWithinMs = 8_000;
/** Beside joining and listening: for tracks to come, the decoder to settle, and everybody to leave. */
const restMs = 6_000;

/** A marker there and back, or what those in the room can be heard to send. */
export const audio: Check = {
	id: "audio",
	title: "Is audio heard, there and back?",
	after: ["connection"],
	run: checkAudio,
};

async function checkAudio(context: DoctorContext): Promise<CheckResult> {
	const { target, facts, clock, signal } = context;
	const { url, caPem } = target;
	const known = facts.tokens ?? [];
	const mayBeHeard = known.length > 1 && !isOccupied(facts, known);
	const tokens = known.slice(0, mayBeHeard ? 2 : 1);
	if (url === undefined) return skipped("no server is given");
	if (facts.refusal) return skipped("the server does not let us in");
	if (tokens.length === 0) return skipped("there is no token to join with");
	const way = wayIn(facts);
	if (!way) return skipped("nothing connects that audio could go over");
	const participants = tokens.map(({ text, identity }) => ({
		...{ url: signalUrl(url), token: text, identity, ...way },
		...(caPem === undefined ? {} : { turnCaPem: caPem }),
		publishes: mayBeHeard && tokenGrants(text).canPublish,
	}));
	const job: HearJob = {
		...{ kind: "hear", participants, joinWithinMs },
		listenMs: mayBeHeard ? exchangeMs : listenMs,
		boundMs: joinWithinMs + listenMs + restMs,
	};
	const media = await MediaProcess.start(clock, caPem);
	const listen = async () => {
		const heard = await media.run(job, signal);
		const examined = heard.map((by, index) => {
			return { heard: by, grants: tokenGrants(tokens[index]?.text ?? "") };
		});
		return { heard, findings: judgeAudio(examined) };
	};
	try {
		const first = await listen();
		if (signal.aborted) return skipped("stopped before it was over");
		const again = mayBeHeard && first.findings.some(isOfAMoment) ? await listen() : first;
		// The second one may have been cut off.
		const { heard, findings } = signal.aborted ? first : again;
		const isAnything = mayBeHeard || heard.some(({ tracks }) => tracks.length > 0);
		if (!isAnything && findings.length === 0)
			return skipped("nobody in the room publishes audio, and one given token cannot hear itself");
		return { lines: audioLines(heard), findings };
	} finally {
		await media.end();
	}
}

/** What a busy machine does to a marker as well as a bad way; that does not last, a bad way does. */
function isOfAMoment({ id }: Finding): boolean {
	return ["not-heard", "clipping", "gaps", "late", "poor-quality"].includes(
		id.slice("audio.".length),
	);
}

function skipped(why: string): CheckResult {
	return { lines: [], findings: [], skipped: why };
}

/** Real people are not to be played a test signal. */
function isOccupied({ join }: DoctorFacts, ours: NonNullable<DoctorFacts["tokens"]>): boolean {
	const own = new Set(ours.map(({ identity }) => identity));
	return join?.otherParticipants.some(({ identity }) => !own.has(identity)) ?? false;
}

/** The way that connected: as an application goes, or by the one relay that works. Unknown counts as open. */
function wayIn({ connected, iceServers }: DoctorFacts) {
	const planned = planAttempts(iceServers ?? []);
	const [ordinary] = planned;
	const isOpen = connected === undefined || connected.direct || connected.tcp;
	const policy = isOpen ? "direct" : icePolicies.find((name) => connected?.[name]);
	const plan = policy === "direct" ? ordinary : planned.find(({ name }) => name === policy);
	return plan && { icePolicy: plan.icePolicy, iceServers: plan.iceServers };
}
