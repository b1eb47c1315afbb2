import type { HttpAnswer, NoHttpAnswer } from "./http-answer.js";

/** livekit-server's health word at `/` (pkg/service/server.go, healthCheck): OK, or 406 with "Not Ready". */
export function isLiveKitRoot(answer: HttpAnswer | NoHttpAnswer): boolean {
	if (!("status" in answer)) return false;
	return (answer.status === 200 && answer.text === "OK") || isNotReady(answer);
}

export function isNotReady(answer: HttpAnswer | NoHttpAnswer): boolean {
	return "status" in answer && answer.status === 406 && answer.text.startsWith("Not Ready");
}

/** livekit-server's refusal of whoever asks `/rtc/validate` without a token, v1.5 to v1.13 alike. */
export function isLiveKitValidate(answer: HttpAnswer | NoHttpAnswer): boolean {
	if (!("status" in answer)) return false;
	return (
		answer.status === 401 &&
		/^(no permissions to access the room|permissions denied|invalid (authorization|API key|token))/.test(
			answer.text,
		)
	);
}
