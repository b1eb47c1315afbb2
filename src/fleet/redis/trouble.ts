import { redactor } from "../../error/redact.js";
import { UserError } from "../../error/user-error.js";
import { passwordVariable, type RedisAddress } from "./address.js";

interface Saying {
	readonly pattern: RegExp;
	readonly message: (address: RedisAddress) => string;
	readonly hint: (address: RedisAddress) => string | undefined;
	/** @default 1: the world did not cooperate */
	readonly exitCode?: 2;
}

const user = ({ username }: RedisAddress) => `user ${username ?? "default"}`;

/** What Redis, TLS and the network say, and what it means; the first that fits. */
const sayings: readonly Saying[] = [
	{
		pattern: /WRONGPASS|invalid password|without any password configured/i,
		message: (at) => `Redis at ${at.text} refuses the password of ${user(at)}.`,
		hint: () => `Is ${passwordVariable} right, and the user name in the URL?`,
		exitCode: 2,
	},
	{
		pattern: /NOAUTH/,
		message: (at) => `Redis at ${at.text} asks for a password.`,
		hint: () => `Set ${passwordVariable}, and name the user in the URL where it is not "default".`,
		exitCode: 2,
	},
	{
		pattern: /NOPERM|No permissions|user executing the script can't/i,
		message: (at) => `Redis at ${at.text} does not permit ${user(at)} what livesoak needs`,
		hint: () => "docs/redis.md has the ACL rule that it needs.",
		exitCode: 2,
	},
	{
		pattern: /\bOOM\b/,
		message: (at) => `Redis at ${at.text} is out of memory and takes nothing.`,
		hint: () => "Raise its maxmemory, or delete what fills it.",
	},
	{
		pattern: /MISCONF/,
		message: (at) => `Redis at ${at.text} cannot write to its disk and takes nothing.`,
		hint: () => "Its log says why.",
	},
	{
		pattern: /READONLY/,
		message: (at) => `Redis at ${at.text} is a replica, which takes nothing.`,
		hint: () => "Name the primary.",
	},
	{
		pattern: /LOADING/,
		message: (at) => `Redis at ${at.text} is still loading its data.`,
		hint: () => undefined,
	},
	{
		pattern: /\bMOVED \d|\bCROSSSLOT\b/,
		message: (at) => `Redis at ${at.text} is a node of a Redis Cluster.`,
		hint: () => "Add ?cluster=true to the URL.",
		exitCode: 2,
	},
	{
		pattern: /cluster support disabled/i,
		message: (at) => `Redis at ${at.text} is no Redis Cluster.`,
		hint: () => "Leave ?cluster=true out of the URL.",
		exitCode: 2,
	},
	{
		pattern: /DB index is out of range/i,
		message: (at) => `Redis at ${at.text} has no such database.`,
		hint: () => "The number after the last / of the URL names it.",
		exitCode: 2,
	},
	{
		pattern: /CERT_HAS_EXPIRED|certificate has expired/i,
		message: (at) => `The TLS certificate of Redis at ${at.text} has expired.`,
		hint: () => undefined,
	},
	{
		pattern: /ALTNAME_INVALID|does not match certificate/i,
		message: (at) => `The TLS certificate of Redis at ${at.text} is for another host.`,
		hint: () => "Name the host as the certificate does.",
		exitCode: 2,
	},
	{
		pattern: /SELF_SIGNED|UNABLE_TO_(VERIFY|GET)|self.signed certificate|unable to (verify|get)/i,
		message: (at) => `The TLS certificate of Redis at ${at.text} is signed by nobody we trust.`,
		hint: (at) =>
			at.caPem === undefined
				? "For a private authority, name its certificate with --redis-ca FILE."
				: "Is --redis-ca the authority that signed it?",
		exitCode: 2,
	},
	{
		pattern: /wrong version number|EPROTO|packet length too long|ERR_SSL/i,
		message: (at) => `Redis at ${at.text} does not speak TLS.`,
		hint: () => "Write redis:// for one without TLS, or name its TLS port.",
		exitCode: 2,
	},
	{
		pattern: /Protocol error|Unknown RESP type/i,
		message: (at) => `What listens at ${at.text} is no Redis.`,
		hint: () => "Are host and port right?",
		exitCode: 2,
	},
	{
		pattern: /ENOTFOUND|EAI_AGAIN/,
		message: (at) => `The host of Redis at ${at.text} has no address.`,
		hint: () => "Is its name right?",
	},
	{
		pattern: /ECONNREFUSED/,
		message: (at) => `Nothing listens where Redis should be: ${at.text}.`,
		hint: () => "Is it started, and are host and port right?",
	},
	{
		pattern: /ETIMEDOUT|timed? ?out|EHOSTUNREACH|ENETUNREACH/i,
		message: (at) => `Redis at ${at.text} does not answer.`,
		hint: () => "Is it reached from here, and does a firewall let it through?",
	},
	{
		pattern:
			/ECONNRESET|EPIPE|closed|isn't writeable|max retries|slots cache|all failed|none of startup/i,
		message: (at) => `The connection to Redis at ${at.text} is broken.`,
		hint: (at) =>
			at.tls ? undefined : "If Redis comes back, so do we. A port with TLS needs rediss://.",
	},
];

/**
 * What went wrong with Redis, as one sentence without secrets.
 * @param cause what the client or Redis said
 */
export function redisTrouble(address: RedisAddress, cause: unknown): UserError {
	if (cause instanceof UserError) return cause;
	const said = saidBy(cause);
	const saying = sayings.find(({ pattern }) => pattern.test(said));
	const message = saying?.message(address) ?? `Redis at ${address.text} refuses`;
	const hint = saying?.hint(address);
	return new UserError({
		// Where the sentence is left open, Redis's own words say what exactly.
		message: message.endsWith(".") ? message : `${message}: ${cleaned(address, cause)}`,
		...(hint === undefined ? {} : { hint }),
		exitCode: saying?.exitCode ?? 1,
		cause,
	});
}

export function isOutOfMemory(cause: unknown): boolean {
	return /\bOOM\b/.test(saidBy(cause));
}

function cleaned({ secrets }: RedisAddress, cause: unknown): string {
	const line = (cause instanceof Error ? cause.message : String(cause)).split("\n")[0] ?? "";
	return redactor(secrets)(line.replace(/ script: [0-9a-f]{40}.*$/, "").slice(0, 300));
}

/** Message and code of an error and of those within it: an aggregate's, a cluster's last one. */
function saidBy(cause: unknown, depth = 0): string {
	if (!(cause instanceof Error) || depth > 3) return String(cause);
	const { code, lastNodeError } = cause as Error & { code?: unknown; lastNodeError?: unknown };
	const within = [
		...(cause instanceof AggregateError ? cause.errors : []),
		...(lastNodeError === undefined ? [] : [lastNodeError]),
		...(cause.cause === undefined ? [] : [cause.cause]),
	];
	return [...within.map((each) => saidBy(each, depth + 1)), cause.message, String(code ?? "")].join(
		" ",
	);
}
