import { expect, test } from "vitest";
import { typedCommand } from "../../../src/cli/typed-command.js";

test.each([
	["as typed", ["run", "a.yaml", "--seed", "7"], undefined, "livesoak run a.yaml --seed 7"],
	[
		"quoted where a shell would read it",
		["run", "it's a.yaml", "--set", "load=[x]"],
		undefined,
		String.raw`livesoak run 'it'\''s a.yaml' --set 'load=[x]'`,
	],
	[
		"secrets are variables",
		["run", "a.yaml", "--api-secret", "s3cret", "--turn-password=pw"],
		undefined,
		'livesoak run a.yaml --api-secret "$LIVEKIT_API_SECRET" --turn-password "$LIVESOAK_TURN_PASSWORD"',
	],
	[
		"in yargs' other spelling, too",
		["run", "--apiSecret=short", "a.yaml"],
		undefined,
		'livesoak run --api-secret "$LIVEKIT_API_SECRET" a.yaml',
	],
	[
		"what a service was asked with",
		["run", "a.yaml", "--token-body", '{"key":"k"}', "--token-url", "https://u:p@svc/t?key=abc"],
		undefined,
		"livesoak run a.yaml --token-body '***' --token-url 'https://***@svc/t?***'",
	],
	[
		"a TURN URI keeps its transport",
		["run", "a.yaml", "--turn", "turn:h:3478?transport=udp"],
		undefined,
		"livesoak run a.yaml --turn 'turn:h:3478?transport=udp'",
	],
	[
		"the server that the environment named",
		["run", "a.yaml"],
		"wss://h/p?access_token=x",
		"livesoak run a.yaml --url 'wss://h/p?***'",
	],
	[
		"named once",
		["run", "a.yaml", "--url", "ws://h"],
		"ws://h",
		"livesoak run a.yaml --url ws://h",
	],
])("%s", (_what, argv, url, command) => {
	expect(typedCommand(argv, url)).toBe(command);
});
