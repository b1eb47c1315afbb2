import type { SignalResponse } from "@livekit/protocol";
import type { SignalListener } from "./signal-listener.js";

/** Hands a response to the listener; one that lacks what it is about is passed over. */
export function deliver({ message }: SignalResponse, listener: SignalListener): void {
	switch (message.case) {
		case "offer":
			listener.onOffer(message.value);
			return;
		case "answer":
			listener.onAnswer(message.value);
			return;
		case "trickle": {
			const { target, candidateInit, final } = message.value;
			listener.onTrickle(target, candidateInit, final);
			return;
		}
		case "update":
			listener.onParticipantUpdate(message.value.participants);
			return;
		case "trackPublished": {
			const { cid, track } = message.value;
			if (track) listener.onTrackPublished(cid, track);
			return;
		}
		case "trackUnpublished":
			listener.onTrackUnpublished(message.value.trackSid);
			return;
		case "trackSubscribed":
			listener.onTrackSubscribed(message.value.trackSid);
			return;
		case "mute":
			listener.onRemoteMute(message.value.sid, message.value.muted);
			return;
		case "speakersChanged":
			listener.onSpeakers(message.value.speakers);
			return;
		case "roomUpdate":
			if (message.value.room) listener.onRoomUpdate(message.value.room);
			return;
		case "roomMoved":
			listener.onRoomMoved(message.value);
			return;
		case "connectionQuality":
			listener.onConnectionQuality(message.value.updates);
			return;
		case "subscriptionPermissionUpdate":
			listener.onSubscriptionPermission(message.value);
			return;
		case "subscriptionResponse":
			listener.onSubscriptionFailed(message.value);
			return;
		case "requestResponse":
			listener.onRequestResponse(message.value);
			return;
	}
}
