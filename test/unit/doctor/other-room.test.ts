import { expect, test } from "vitest";
import { lintToken } from "../../../src/doctor/token/lint.js";
import { otherRoom } from "../../../src/doctor/token/other-room.js";
import { makeToken } from "../../rig/token-case.js";

const key = { apiKey: "APIkey", apiSecret: "a-secret-of-thirty-two-letters-or-more" };
const nowMs = 1_800_000_000_000;

function linted(room: string) {
	const token = makeToken({ why: "", expect: [], video: { roomJoin: true, room } }, key, nowMs);
	return lintToken({ token: token.text, time: { nowMs, offsetMs: 0 }, key });
}

test("two rooms in place of one are named", () => {
	const [finding, ...more] = otherRoom([linted("hall"), linted("yard")]);
	expect(finding).toMatchObject({ id: "token.service-other-room", confidence: "possible" });
	expect(finding?.title).toMatch(/hall.* and .*yard/);
	expect(more).toEqual([]);
});

test("one room, one token, or a token without a room is no finding of this kind", () => {
	for (const tokens of [
		[linted("hall"), linted("hall")],
		[linted("hall")],
		[linted(""), linted("hall")],
	])
		expect(otherRoom(tokens)).toEqual([]);
});
