import { JoinError } from "../../engine/join-error.js";
import { provenFault } from "../certainty.js";
import type { Finding } from "../finding.js";

/** What kept a token service from handing out a token, as a finding. @throws whatever is no failure of the service */
export function serviceFailure(error: unknown): Finding {
	if (!(error instanceof JoinError)) throw error;
	const { detail } = error;
	const { id, cause, fix } = kinds.find(({ words }) => words.test(detail)) ?? otherwise;
	return {
		...{ id, ...provenFault, cause, fix },
		title: `the token service hands out no token: ${detail}`,
		evidence: [],
	};
}

type Kind = Pick<Finding, "id" | "cause" | "fix">;

/** By the words of token/credential-service.ts and token/token-service.ts; a unit test holds them together. */
const kinds: readonly (Kind & { readonly words: RegExp })[] = [
	{
		words: / did not answer within /,
		id: "token.service-timeout",
		cause: "Without a token nobody joins; the application waits just as long.",
		fix: "Look at the service's log and at what it waits for (database, proxy); --token-url must be its own address.",
	},
	{
		words: / answered 3\d\d, a redirect/,
		id: "token.service-redirect",
		cause: "A redirect turns the POST into a GET in most clients, and the body is lost.",
		fix: "Give the final URL, with https:// and the exact path, to --token-url and to the application.",
	},
	{
		words: / answered (401|403)\b/,
		id: "token.service-unauthorized",
		cause: "The service wants the application's own login, which this request did not carry.",
		fix: "Put user and password into --token-url (https://USER:PASSWORD@HOST/…), or give --token of a logged-in user.",
	},
	{
		words: / answered 2\d\d with | answered JSON /,
		id: "token.service-answer",
		cause: "The answer has no token where it is looked for, so nobody can join with it.",
		fix: "Name the field with --token-field, or let the service answer JSON that has the token in the field token.",
	},
	{
		words: / answered [45]\d\d/,
		id: "token.service-status",
		cause: "The service refuses the request, and without a token nobody joins.",
		fix: "See the service's log for this request; --token-body says what is POSTed to it.",
	},
];

const otherwise: Kind = {
	id: "token.service-unreachable",
	cause: "Without a token nobody joins: the request did not get through to the service.",
	fix: "Check host, port and scheme of --token-url, and that the service runs.",
};
