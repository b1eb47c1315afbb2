import { Room } from "@livekit/rtc-node";
import { expect, test } from "vitest";
import { guardRoom } from "../../../../src/engine/native/guard-room.js";

/** Those parts of a joined rtc-node Room that its event handler looks at. */
interface Insides {
	localParticipant: object;
	ffiHandle: { handle: bigint };
	info: object;
	onFfiEvent(event: object): Promise<void>;
}

function joinedRoom(): { room: Room; insides: Insides } {
	const room = new Room();
	const insides = room as unknown as Insides;
	insides.localParticipant = {};
	insides.ffiHandle = { handle: 1n };
	insides.info = {};
	return { room, insides };
}

const ofNobody = { participantIdentity: "gone", publicationSid: "TR_1" };
const unpublished = { case: "trackUnpublished", value: ofNobody };
const event = { message: { case: "roomEvent", value: { roomHandle: 1n, message: unpublished } } };

test("an event of rtc-node's about somebody who has left rejects where nobody waits, unless it is guarded", async () => {
	const bare = joinedRoom();
	await expect(bare.insides.onFfiEvent(event)).rejects.toThrow("participant gone not found");

	const guarded = joinedRoom();
	guardRoom(guarded.room);
	await expect(guarded.insides.onFfiEvent(event)).resolves.toBeUndefined();
});
