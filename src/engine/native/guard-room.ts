import type { Room } from "@livekit/rtc-node";

/** What a Room of rtc-node 1.1 calls with each event of its native side; TypeScript-private. */
interface EventHandling {
	processFfiEvent?: (event: unknown) => Promise<void>;
}

/**
 * Nobody waits for what a Room does with an event. Where it throws (`trackUnpublished` of somebody who has just left, a
 * participant told twice) Node ends the process, and with it all participants of the worker. As with most of its events,
 * which it guards itself, one that it cannot follow is passed over.
 */
export function guardRoom(room: Room): void {
	const handling = room as unknown as EventHandling;
	const process = handling.processFfiEvent;
	if (process) handling.processFfiEvent = (event) => process(event).catch(() => {});
}
