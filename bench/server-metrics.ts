import { request } from "undici";

/** What livekit-server says of itself, all rooms together. */
export interface ServerFigures {
	readonly participants: number;
	/** Audio streams that are being delivered. */
	readonly streams: number;
	/**
	 * Packets sent to participants since the server's start. Each stream is added up every five seconds, and
	 * signalling messages are in it, too (well below one in a hundred under load).
	 */
	readonly packetsOut: number;
}

/** The server adds up the packets of a stream at this interval. */
export const packetCountEveryMs = 5_000;

const answerWithinMs = 10_000;

/** @throws when the server does not answer */
export async function readServer(metricsUrl: string): Promise<ServerFigures> {
	const { body } = await request(metricsUrl, { signal: AbortSignal.timeout(answerWithinMs) });
	return serverFigures(await body.text());
}

/** The figures in a text of the Prometheus exposition format; a series that is not there yet is 0. */
export function serverFigures(text: string): ServerFigures {
	return {
		participants: sumOf(text, "livekit_participant_total"),
		streams: sumOf(text, "livekit_track_subscribed_total"),
		packetsOut: sumOf(text, "livekit_packet_total", 'direction="outgoing"'),
	};
}

function sumOf(text: string, name: string, label = ""): number {
	let sum = 0;
	for (const line of text.split("\n")) {
		if (!line.startsWith(`${name}{`) && !line.startsWith(`${name} `)) continue;
		if (line.includes(label)) sum += Number(line.slice(line.lastIndexOf(" ") + 1));
	}
	return sum;
}
