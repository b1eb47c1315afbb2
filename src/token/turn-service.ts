import { UserError } from "../error/user-error.js";
import { isRelayPolicy, nothingFits, urisForPolicy } from "../ice/policy-servers.js";
import { readTurnAnswer } from "../ice/turn-answer.js";
import type { TurnSource } from "../ice/turn-source.js";
import { CredentialService, type ServiceTls } from "./credential-service.js";

export interface TurnServiceOptions {
	/** `--turn-url`: answers a GET with TURN URIs, user name and password (shapes: `ice/turn-answer.ts`). */
	readonly url: string;
	readonly headers?: Readonly<Record<string, string>>;
	/** For one exchange. @default 10 000 */
	readonly timeoutMs?: number;
	readonly tls?: ServiceTls;
}

/**
 * TURN servers from an application's own service: one GET for each participant, as its clients do.
 * @throws UserError when the URL or a header is wrong.
 */
export function serviceTurn(options: TurnServiceOptions): TurnSource {
	const service = new CredentialService({
		url: options.url,
		flag: "--turn-url",
		method: "GET",
		cause: "turn-service",
		timeoutMs: options.timeoutMs ?? 10_000,
		...(options.headers === undefined ? {} : { headers: options.headers }),
		...(options.tls === undefined ? {} : { tls: options.tls }),
	});
	return {
		kind: "service",
		async serversFor(policy) {
			if (!isRelayPolicy(policy)) return [];
			const answers = readTurnAnswer(await service.ask());
			if (typeof answers === "string") throw service.failure(`answered JSON that ${answers}`);
			try {
				const servers = answers.flatMap(({ uris, username, password }) => {
					const urls = urisForPolicy(policy, uris);
					return urls.length === 0 ? [] : [{ urls, username, password }];
				});
				if (servers.length > 0) return servers;
				throw nothingFits(
					policy,
					answers.flatMap(({ uris }) => uris),
				);
			} catch (error) {
				if (!(error instanceof UserError)) throw error;
				throw service.failure(`answered: ${error.message}`);
			}
		},
	};
}
