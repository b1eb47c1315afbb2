import { TurnConfig } from "./coturn/turn-config.js";
import type { LintFinding } from "./lint-finding.js";
import { LiveKitConfig } from "./livekit/livekit-config.js";
import type { YamlEdit } from "./livekit/yaml-edit.js";
import type { ConfigText } from "./read-config.js";

const list = ["rtc", "turn_servers"];

/**
 * Where `rtc.turn_servers` of a livekit.yaml and a turnserver.conf, both given, do not belong together. The file is
 * taken to be of one of the entries, so one that fits is enough.
 * @throws UserError (exit 2) where either cannot be read
 */
export function lintSameTurn(
	livekit: ConfigText,
	turn: ConfigText,
): readonly LintFinding<YamlEdit>[] {
	const config = new LiveKitConfig(livekit.text, livekit.fileName);
	const server = new TurnConfig(turn.text, turn.fileName);
	const entries = [...config.list(list).keys()].map((i) => [...list, i]);
	const [first] = entries;
	if (first === undefined) return [];
	const findings: LintFinding<YamlEdit>[] = [];

	const secrets = server.all("static-auth-secret");
	const withSecret = entries.filter((entry) => config.text([...entry, "secret"]) !== undefined);
	const [one] = withSecret;
	const isSame = withSecret.some((entry) =>
		secrets.some(({ value }) => value === config.text([...entry, "secret"])),
	);
	if (secrets.length > 0 && one !== undefined && !isSame)
		findings.push(
			config.finding([...one, "secret"], {
				id: "turn-server-secret-differs",
				title: `the secret of rtc.turn_servers differs from static-auth-secret in ${turn.fileName}`,
				cause:
					"livekit-server makes credentials with it that coturn refuses with 401: clients get no relay candidate.",
				fix: "write the same secret in both files, then restart both servers.",
				evidence: [`${turn.fileName}:${secrets[0]?.line}: static-auth-secret=***`],
			}),
		);

	const ports = [server.number("listening-port", 3478), server.number("tls-listening-port", 5349)];
	const named = entries
		.map((entry) => config.number([...entry, "port"]) ?? 0)
		.filter((port) => port > 0);
	// A load balancer may stand on 443 in front of it.
	const isReached = named.some((port) => ports.includes(port) || port === 443);
	if (named.length > 0 && !isReached)
		findings.push(
			config.finding([...first, "port"], {
				id: "turn-server-port-differs",
				confidence: "likely",
				title: `rtc.turn_servers names port ${named.join(", ")}, but coturn listens on ${ports.join(" and ")}`,
				cause: "Clients ask where nothing answers: they get no relay candidate.",
				fix: `write port: ${ports[0]} (${ports[1]} with protocol: tls).`,
			}),
		);
	return findings;
}
