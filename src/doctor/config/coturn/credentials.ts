import { createHash } from "node:crypto";
import { isLoopback } from "../address.js";
import { someRelayWorks } from "../lint-facts.js";
import type { TurnRule } from "./rule.js";
import type { TurnConfig } from "./turn-config.js";

const databases = ["psql-userdb", "sql-userdb", "mysql-userdb", "mongo-userdb", "redis-userdb"];

/** Whether TURN REST credentials are checked; a static secret alone switches them on. */
const usesSecret = (config: TurnConfig) =>
	config.last("use-auth-secret") !== undefined || config.last("static-auth-secret") !== undefined;

/** Listens on this machine alone, as a test server does. */
export function isLoopbackOnly(config: TurnConfig): boolean {
	const listening = config.all("listening-ip");
	return listening.length > 0 && listening.every(({ value }) => isLoopback(value));
}

/** Who is let in at all. */
export const authentication: TurnRule = function* (config, facts) {
	const users = config.all("user");
	const isOpen =
		config.isOn("no-auth") ||
		(!usesSecret(config) &&
			!config.isOn("lt-cred-mech") &&
			!config.isOn("oauth") &&
			users.length === 0);
	if (isOpen && !isLoopbackOnly(config) && !config.isOn("stun-only"))
		yield config.finding(config.last("no-auth"), {
			id: "coturn-open",
			severity: "warning",
			title: "turnserver.conf lets everybody relay: no credentials are asked for",
			cause:
				"An open relay is found and abused within hours, and then its ports and bandwidth are gone.",
			fix: "add use-auth-secret, static-auth-secret=<secret> and realm=<domain>.",
		});

	const secrets = config.all("static-auth-secret");
	const asks = config.last("use-auth-secret");
	const hasDatabase = databases.some((name) => config.last(name) !== undefined);
	if (asks !== undefined && secrets.length === 0 && !hasDatabase && !someRelayWorks(facts))
		yield config.finding(asks, {
			id: "coturn-secret-missing",
			confidence: "likely",
			title: "turnserver.conf has use-auth-secret without static-auth-secret",
			cause:
				"Unless the turn_secret table of the user database has one, no credential is ever right: 401 for all.",
			fix: "add static-auth-secret=<the secret of the credential service>.",
		});

	const mixed = config.last("lt-cred-mech");
	if (usesSecret(config) && users[0] !== undefined)
		yield config.finding(users[0], {
			id: "coturn-users-ignored",
			severity: facts.turn?.username === undefined ? "warning" : "fault",
			title: `turnserver.conf has ${users.length} user account${users.length > 1 ? "s" : ""} that ${mixed === undefined ? "use-auth-secret" : "use-auth-secret beside lt-cred-mech"} switches off`,
			cause: "The shared secret overrides user names and passwords: these users get 401.",
			fix: "remove the user lines and lt-cred-mech; or use-auth-secret and static-auth-secret.",
		});
};

/** The realm, with which every client computes its key. */
export const realm: TurnRule = function* (config) {
	const needs = usesSecret(config) || config.isOn("lt-cred-mech") || config.all("user").length > 0;
	if (!needs || config.isOn("no-auth") || (config.value("realm") ?? "") !== "") return;
	const isEmpty = config.last("realm") !== undefined;
	const isHashed = config.all("user").some(({ value }) => value.includes(":0x"));
	const where =
		config.last("realm") ?? config.last("use-auth-secret") ?? config.last("lt-cred-mech");
	yield config.finding(where, {
		id: "coturn-realm-missing",
		title: `turnserver.conf asks for credentials, but ${isEmpty ? "its realm is empty" : "has no realm"}`,
		cause:
			"Where the machine has no domain name coturn then challenges with an empty realm, which libwebrtc and libjuice cannot answer: thousands of 401, and no relay candidate.",
		fix: "add realm=<your domain>, such as realm=turn.example.org.",
		// Any realm does, as clients take it from the challenge; but a hashed password holds one.
		edits: isEmpty || isHashed ? [] : [{ do: "append", text: "realm=turn.local" }],
	});
};

/** The secret or user that clients come with. */
export const sameCredentials: TurnRule = function* (config, { turn }) {
	const secrets = config.all("static-auth-secret");
	if (turn?.secret !== undefined && secrets[0] !== undefined)
		if (!secrets.some(({ value }) => value === turn.secret))
			yield config.finding(secrets[0], {
				id: "coturn-secret-differs",
				title:
					"static-auth-secret in turnserver.conf differs from the secret that credentials are made with",
				cause: "coturn answers each Allocate request with 401: clients get no relay candidate.",
				fix: "write the same secret in both places, then restart coturn.",
			});
	const users = config.all("user");
	const name = turn?.username;
	// With a database the user may be there.
	const isListed = users.length > 0 && !usesSecret(config);
	if (name === undefined || !isListed) return;
	const password = turn?.password ?? "";
	const own = users.filter(({ value }) => value.startsWith(`${name}:`));
	const realmName = config.value("realm") ?? "";
	const right = [`${name}:${password}`, `${name}:0x${longTermKey(name, realmName, password)}`];
	if (own.some(({ value }) => right.includes(value))) return;
	const isHashed = own.some(({ value }) => value.startsWith(`${name}:0x`));
	yield config.finding(own[0] ?? users[0], {
		id: "coturn-user-differs",
		confidence: own.length > 0 ? "proven" : "likely",
		title:
			own.length > 0
				? `the ${isHashed ? `key of user "${name}" in turnserver.conf was not made for realm "${realmName}" and the password` : `password of user "${name}" in turnserver.conf differs from the one`} that clients use`
				: `turnserver.conf has no user "${name}", which clients use`,
		cause: "coturn answers each Allocate request with 401: clients get no relay candidate.",
		fix: `write user=${name}:<the password that clients use>.`,
	});
};

/** As `turnadmin -k` prints it (RFC 8489, section 9.2.2). */
function longTermKey(user: string, realm: string, password: string): string {
	return createHash("md5").update(`${user}:${realm}:${password}`).digest("hex");
}
