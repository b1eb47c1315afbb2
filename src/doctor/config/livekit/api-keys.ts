import { parse } from "yaml";
import type { FileFact } from "../lint-facts.js";
import type { LiveKitRule } from "./rule.js";

/** Shorter ones are logged as an error at each start (config.go, `ValidateKeys`). */
const shortestSecret = 32;

/** `keys` and `key_file`: there, long enough, and those that clients' tokens are signed with. */
export const apiKeys: LiveKitRule = function* (config, facts) {
	const { apiKey, apiSecret, serverAnswers } = facts;
	const keyFile = config.text(["key_file"]);
	const names = config.keys(["keys"]);
	const isDevelopment = config.flag(["development"]);
	if (keyFile === undefined && names.length === 0) {
		if (serverAnswers || isDevelopment) return;
		yield config.finding(["keys"], {
			id: "api-keys-missing",
			severity: serverAnswers === false ? "fault" : "warning",
			// LIVEKIT_KEYS and --keys are the other ways to give them.
			confidence: "possible",
			title: "livekit.yaml has neither keys nor key_file",
			cause:
				'Unless LIVEKIT_KEYS or --keys gives them, livekit-server ends with "one of key-file or keys must be provided".',
			fix: "add keys: {<API key>: <secret of 32 characters or more>} (livekit-server generate-keys makes a pair).",
		});
		return;
	}
	// A key file replaces what keys says.
	if (keyFile !== undefined) return;
	for (const name of names) {
		const secret = config.text(["keys", name]) ?? "";
		if (secret.length >= shortestSecret || isDevelopment) continue;
		yield config.finding(["keys", name], {
			id: "api-secret-short",
			severity: "warning",
			title: `the secret of API key "${name}" has ${secret.length} characters`,
			cause: `livekit-server logs an error for secrets below ${shortestSecret}: tokens signed with them can be forged.`,
			fix: "make a new pair with livekit-server generate-keys, and give it to the token service too.",
		});
	}
	if (apiKey === undefined) return;
	if (!names.includes(apiKey))
		yield config.finding(["keys"], {
			id: "api-key-unknown",
			title: `the API key "${apiKey}" is not in keys of livekit.yaml`,
			cause: `Tokens issued by it are refused with 401 ("invalid API key"). The file has: ${names.join(", ")}.`,
			fix: `add "${apiKey}" with its secret, or sign tokens with one of the keys there.`,
		});
	else if (apiSecret !== undefined && config.text(["keys", apiKey]) !== apiSecret)
		yield config.finding(["keys", apiKey], {
			id: "api-secret-differs",
			title: `the secret of API key "${apiKey}" in livekit.yaml differs from the one that tokens are signed with`,
			cause: "livekit-server refuses their signature with 401.",
			fix: "write the same secret in both places, then restart livekit-server.",
		});
};

/** The file that `key_file` names. */
export const keyFile: LiveKitRule = function* (config, { machine, serverAnswers, apiKey }) {
	const path = ["key_file"];
	const name = config.text(path);
	const fact = name === undefined ? undefined : machine?.file(name);
	// A server that answers has read its key file, perhaps inside a container.
	if (fact === undefined || serverAnswers) return;
	if (fact.state === "absent" || fact.state === "directory")
		yield config.finding(path, {
			id: "key-file-absent",
			confidence: "likely",
			title: `key_file ${name} ${fact.state === "absent" ? "does not exist" : "is a folder"}`,
			cause: "livekit-server does not start without it.",
			fix: "name the file that holds the lines <API key>: <secret>.",
		});
	else if (((fact.mode ?? 0) & 0o007) !== 0)
		yield config.finding(path, {
			id: "key-file-permissions",
			title: `key_file ${name} may be used by everybody (mode ${(fact.mode ?? 0).toString(8)})`,
			cause: 'livekit-server does not start: "key file others permissions must be set to 0".',
			fix: `chmod o= ${name}`,
		});
	else if (apiKey !== undefined && !namesIn(fact)?.includes(apiKey) && namesIn(fact) !== undefined)
		yield config.finding(path, {
			id: "api-key-unknown",
			title: `the API key "${apiKey}" is not in key_file ${name}`,
			cause: 'Tokens issued by it are refused with 401 ("invalid API key").',
			fix: `add "${apiKey}" with its secret to ${name}.`,
		});
};

function namesIn({ text }: FileFact): readonly string[] | undefined {
	try {
		const keys: unknown = parse(text ?? "");
		return typeof keys === "object" && keys !== null ? Object.keys(keys) : undefined;
	} catch {
		return undefined;
	}
}
