import { randomBytes } from "node:crypto";
import { mintToken } from "../../token/access-token.js";
import { serviceTokens } from "../../token/token-service.js";
import type { DoctorTarget } from "../context.js";
import type { Finding } from "../finding.js";
import type { Key } from "./key.js";
import { serviceFailure } from "./service-failure.js";

/** A token, and how it came to us, in words: "given", "minted", "from the service". */
export interface Obtained {
	readonly token: string;
	readonly from: "given" | "minted" | "from the service";
}

/** Enough for the whole examination and for a slow clock. */
const ttlMs = 10 * 60_000;
const serviceTimeoutMs = 5_000;

export const identities = ["livesoak-doctor-a", "livesoak-doctor-b"] as const;

/** A room that nobody else is in, and nobody guesses. */
export function newRoom(): string {
	return `livesoak-doctor-${randomBytes(8).toString("hex")}`;
}

/** A token of our own for one of the identities: to speak and to listen in that room, and nothing else. */
export async function mint(key: Key, identity: string, room: string): Promise<Obtained> {
	const rights = { canPublish: true, canSubscribe: true };
	return { token: await mintToken({ ...key, identity, room, ttlMs, ...rights }), from: "minted" };
}

/** Two tokens from the application's service, asked for as its clients do: one POST each. */
export async function fromService(
	target: DoctorTarget & { readonly tokenUrl: URL },
): Promise<Obtained[] | Finding> {
	const room = newRoom();
	const source = serviceTokens({
		...{ url: target.tokenUrl.href, timeoutMs: serviceTimeoutMs, ...target.tokenService },
		...(target.caPem === undefined ? {} : { tls: { caPem: target.caPem } }),
	});
	try {
		return await Promise.all(
			identities.map(async (identity, index) => {
				const rights = { canPublish: true, canSubscribe: true };
				const { token } = await source.tokenFor({ identity, room, index, ...rights });
				return { token, from: "from the service" } as const;
			}),
		);
	} catch (error) {
		return serviceFailure(error);
	}
}
