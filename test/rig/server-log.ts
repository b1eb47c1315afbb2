/** A line of livekit-server's log about a participant. */
export interface ServerLogLine {
	readonly level: string;
	readonly message: string;
	readonly participant: string;
	/** Why, where the line says so. */
	readonly reason: string | undefined;
}

/** @param line time, level, logger, place in the code, message and fields, with tabs between them */
export function readServerLog(line: string): ServerLogLine | undefined {
	const [, level = "", , , message = "", json = ""] = line.split("\t");
	if (!json.startsWith("{")) return undefined;
	const fields = fieldsOf(json);
	if (typeof fields?.participant !== "string") return undefined;
	const reason = fields.error ?? fields.reason;
	return {
		...{ level, message, participant: fields.participant },
		reason: typeof reason === "string" ? reason : undefined,
	};
}

function fieldsOf(json: string): Record<string, unknown> | undefined {
	try {
		return JSON.parse(json);
	} catch {
		return undefined;
	}
}

/** The seat of an identity of ours (src/pool/run-names.ts), written apart from it. */
export function seatOfIdentity(identity: string): number {
	return Number(/-p(\d+)-\d+$/.exec(identity)?.[1] ?? Number.NaN);
}

/** Seats whose participant the server saw active: in the room, with a peer connection that works. */
export function activeSeats(log: readonly ServerLogLine[]): Set<number> {
	const active = log.filter(({ message }) => message === "participant active");
	return new Set(active.map(({ participant }) => seatOfIdentity(participant)));
}

/** How a server ends a participant that went by itself, or that came twice: our own doing, both. */
const ownDoing = new Set(["CLIENT_REQUEST_LEAVE", "DUPLICATE_IDENTITY"]);

/**
 * What the server itself says of a participant that, in our words, failed: that it refused it, or gave it up.
 * @returns undefined where it knows of no fault: then the failure is ours
 */
export function confirmation(seat: number, log: readonly ServerLogLine[]): string | undefined {
	const trouble = log.find(({ participant, level, message, reason }) => {
		if (seatOfIdentity(participant) !== seat || reason === undefined) return false;
		return message === "participant closing" ? !ownDoing.has(reason) : level === "ERROR";
	});
	return trouble && `${trouble.message}: ${trouble.reason}`;
}
