import type { Check, CheckResult } from "../check.js";
import type { DoctorContext, DoctorFacts, DoctorTarget } from "../context.js";
import type { Finding } from "../finding.js";
import type { Key } from "../token/key.js";
import { lintKey } from "../token/key.js";
import { type LintedToken, lintToken } from "../token/lint.js";
import { fromService, identities, mint, newRoom, type Obtained } from "../token/obtain.js";
import { otherRoom } from "../token/other-room.js";
import { sameParticipant } from "../token/same-participant.js";

/** Lints the token that is given, minted or fetched, and writes `facts.tokens`. */
export const token: Check = {
	id: "token",
	title: "Does the token let somebody in, speak and hear?",
	// For the server's clock.
	after: ["http"],
	run: checkToken,
};

type Tokens = NonNullable<DoctorFacts["tokens"]>;

async function checkToken({ target, facts, clock }: DoctorContext): Promise<CheckResult> {
	const key = keyOf(target);
	const obtained = await obtain(target, key);
	if (obtained === undefined) return nothingGiven;
	if (!Array.isArray(obtained)) return { lines: [], findings: [obtained] };
	const time = {
		nowMs: clock.nowMs() + (facts.clockOffsetMs ?? 0),
		offsetMs: facts.clockOffsetMs,
	};
	const linted = obtained.map(({ token }) => lintToken({ token, time, key }));
	const partner = await partnerFor(target, key, linted);
	facts.tokens = partners([...linted.flatMap((each) => each.token ?? []), ...partner]);
	// Of a second token only who it is for: the rest is as with the first.
	const lines = obtained.flatMap(({ from }, index) =>
		(linted[index]?.lines ?? [])
			.slice(0, index === 0 ? undefined : 1)
			.map((line, row) => (row === 0 ? `${from}: ${line}` : line)),
	);
	return {
		lines: partner.length === 0 ? lines : [...lines, "minted: a second one for the same room"],
		findings: distinct([
			// A minted token is genuine by construction: only the key itself can be looked at.
			...(obtained[0]?.from === "minted" && key !== undefined ? lintKey(key) : []),
			...linted.flatMap(({ findings }) => findings),
			...sameParticipant(linted),
			...otherRoom(linted),
		]),
	};
}

async function obtain(
	target: DoctorTarget,
	key: Key | undefined,
): Promise<Obtained[] | Finding | undefined> {
	const { token: given, tokenUrl } = target;
	if (given !== undefined) return [{ token: given, from: "given" }];
	if (tokenUrl !== undefined) return fromService({ ...target, tokenUrl });
	if (key === undefined) return undefined;
	const room = newRoom();
	return Promise.all(identities.map((identity) => mint(key, identity, room)));
}

/** Somebody to be heard by in the room of a given token, where we may mint one. */
async function partnerFor(
	target: DoctorTarget,
	key: Key | undefined,
	[linted]: readonly LintedToken[],
): Promise<Tokens> {
	const room = linted?.token?.room ?? "";
	if (target.url === undefined || target.token === undefined || key === undefined || room === "")
		return [];
	const [, identity] = identities;
	return [{ text: (await mint(key, identity, room)).token, identity, room }];
}

/** Those that meet in one room; of one identity there can be but one. */
function partners(tokens: Tokens): Tokens {
	const [first] = tokens;
	if (first === undefined) return [];
	const others = tokens.filter(
		({ room, identity }) => room === first.room && identity !== first.identity,
	);
	return [first, ...others];
}

function keyOf({ apiKey, apiSecret }: DoctorTarget): Key | undefined {
	return apiKey === undefined || apiSecret === undefined ? undefined : { apiKey, apiSecret };
}

/** Two tokens of one maker have the same mistakes. */
function distinct(findings: readonly Finding[]): Finding[] {
	return [...new Map(findings.toReversed().map((each) => [each.id, each])).values()].toReversed();
}

const nothingGiven: CheckResult = {
	lines: [],
	findings: [],
	skipped: "no token, no API key with its secret, and no token service is given",
};
