import * as z from "zod";
import {
	type DataStream,
	largestDataBytes,
	smallestDataBytes,
} from "../engine/data/data-stream.js";
import { choice, mapping, oneOf } from "./mapping.js";
import { rate } from "./rate.js";
import { shown } from "./shown.js";

/** The worker's clock ticks 100 times a second: beyond ten messages a tick a rate is only a row of bursts. */
const mostPerSecond = 1000;

const unitBytes = { B: 1, kB: 1000, KiB: 1024 } as const;
const sizePattern = /^(\d+(?:\.\d+)?)(B|kB|KiB)$/;

const notASize = (value: unknown) =>
	`expected a size from ${smallestDataBytes}B to ${largestDataBytes}B, LiveKit's limit for a data packet, such as 200B, 1kB or 15KiB; got ${shown(value)}`;

/** Text in, a whole number of bytes out. */
const size = z
	.string({ error: (issue) => (issue.input === undefined ? undefined : notASize(issue.input)) })
	.regex(sizePattern, { error: (issue) => notASize(issue.input) })
	.transform((text, context) => {
		const [, count, unit] = sizePattern.exec(text) ?? [];
		const bytes = Number(count) * unitBytes[unit as keyof typeof unitBytes];
		if (Number.isInteger(bytes) && bytes >= smallestDataBytes && bytes <= largestDataBytes)
			return bytes;
		context.addIssue(notASize(text));
		return z.NEVER;
	});

const messages = rate("Messages of each publisher").transform(({ count, perMs }, context) => {
	const rateHz = (count * 1000) / perMs;
	if (rateHz <= mostPerSecond) return rateHz;
	context.addIssue(`expected at most ${mostPerSecond}/s of each publisher, got ${rateHz}/s`);
	return z.NEVER;
});

const stream = mapping({
	rate: messages,
	size: size.prefault("200B").describe("Payload of each message: 200B, 1kB, 15KiB."),
	reliable: z
		.boolean()
		.default(false)
		.describe("true: in order, sent again when lost. false: sent once, in any order."),
}).transform(({ rate: rateHz, size: bytes, reliable }): DataStream => {
	return { rateHz, bytes, reliable };
});

/** What each publisher sends on the data channel; `none` comes out as `none`, for a group may take back the scenario's. */
export const data = oneOf(
	[choice(["none"]), stream],
	"none, or {rate: 10/s, size: 200B, reliable: false}",
	["none"],
).describe("What each publisher sends on the data channel to everybody else in its room.");
