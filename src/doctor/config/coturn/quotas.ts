import { allocationsEach } from "./relay-ports.js";
import type { TurnRule } from "./rule.js";

/** Bytes a second of one Opus stream at 32 kbit/s with its RTP, UDP and TURN headers. */
const opusBytesPerSecond = 6_000;

/** `total-quota` and `user-quota`: allocations at one time, 0 for no limit. */
export const quotas: TurnRule = function* (config, { participants, turn }) {
	const needed = participants * allocationsEach;
	const total = config.number("total-quota", 0);
	if (total > 0 && total < needed)
		yield config.finding(config.last("total-quota"), {
			id: "coturn-total-quota",
			severity: total < participants ? "fault" : "warning",
			confidence: "likely",
			title: `turnserver.conf: total-quota ${total} is too low for ${participants} participants`,
			cause:
				"Each takes at least two allocations, also where a direct way wins: the later ones get 486.",
			fix: `write total-quota=${needed} or more, or 0 for no limit.`,
		});
	const perUser = config.number("user-quota", 0);
	// With REST credentials each participant may have a name of its own; an account is shared by all.
	const isShared = turn?.username !== undefined || config.all("user").length === 1;
	const neededPerUser = isShared ? needed : allocationsEach;
	if (perUser > 0 && perUser < neededPerUser)
		yield config.finding(config.last("user-quota"), {
			id: "coturn-user-quota",
			severity: perUser < allocationsEach ? "fault" : "warning",
			confidence: "likely",
			title: `turnserver.conf: user-quota ${perUser} is too low for ${isShared ? `${participants} participants of one user` : "one participant"}`,
			cause:
				"A participant takes at least two allocations, one for each peer connection: the next gets 486.",
			fix: `write user-quota=${neededPerUser} or more, or 0 for no limit.`,
		});
};

/** `max-bps` and `bps-capacity`, in bytes a second in spite of their name. */
export const bandwidth: TurnRule = function* (config) {
	const perSession = config.number("max-bps", 0);
	const option = config.last("max-bps");
	if (perSession > 0 && perSession < opusBytesPerSecond)
		yield config.finding(option, {
			id: "coturn-bandwidth",
			title: `turnserver.conf: max-bps ${perSession} is less than one audio stream needs`,
			cause: `It counts bytes a second of a session; Opus takes about ${opusBytesPerSecond} with its headers: audio has gaps.`,
			fix: "write max-bps=0 (no limit), or room for all streams that a participant hears.",
		});
	if (config.number("bps-capacity", 0) > 0 && perSession === 0)
		yield config.finding(config.last("bps-capacity"), {
			id: "coturn-capacity",
			title: "turnserver.conf has bps-capacity without max-bps",
			cause:
				'coturn refuses to start: "If you set the --bps-capacity option, then you must set --max-bps".',
			fix: "add max-bps, or remove bps-capacity.",
		});
};
