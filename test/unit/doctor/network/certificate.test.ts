import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { certificateFindings } from "../../../../src/doctor/network/certificate.js";
import type { Handshake } from "../../../../src/doctor/network/tls-handshake.js";

const dayMs = 86_400_000;
const nowMs = Date.UTC(2026, 10, 22);

function shown(
	over: Partial<Omit<Handshake, "certificate">> & { fromMs?: number; toMs?: number; url?: boolean },
): Handshake {
	const { fromMs = nowMs - 30 * dayMs, toMs = nowMs + 60 * dayMs, url = false, ...rest } = over;
	return {
		...{ tookMs: 3, protocol: "TLSv1.3" },
		...rest,
		certificate: {
			...{ names: "DNS:lk.example.org", issuer: "R11", namesIssuerUrl: url },
			...{ validFromMs: fromMs, validToMs: toMs },
		},
	};
}

const idsOf = (handshake: Handshake) =>
	certificateFindings(handshake, "wss://lk.example.org", nowMs).map(({ id }) => id);

describe("a certificate", () => {
	test.each<[string[], Parameters<typeof shown>[0]]>([
		[[], {}],
		[["tls.expired"], { toMs: nowMs - 1, chainCode: "CERT_HAS_EXPIRED" }],
		[["tls.expired"], { chainCode: "CERT_HAS_EXPIRED" }],
		[["tls.not-yet-valid"], { fromMs: nowMs + 1, chainCode: "CERT_NOT_YET_VALID" }],
		[["tls.self-signed"], { chainCode: "DEPTH_ZERO_SELF_SIGNED_CERT" }],
		[["tls.unknown-ca"], { chainCode: "SELF_SIGNED_CERT_IN_CHAIN" }],
		[["tls.unknown-ca"], { chainCode: "UNABLE_TO_VERIFY_LEAF_SIGNATURE" }],
		[["tls.incomplete-chain"], { chainCode: "UNABLE_TO_VERIFY_LEAF_SIGNATURE", url: true }],
		[["tls.wrong-name"], { nameError: "not in the cert's altnames" }],
		[
			["tls.expired", "tls.wrong-name"],
			{ toMs: nowMs - 1, chainCode: "CERT_HAS_EXPIRED", nameError: "not in the cert's altnames" },
		],
		// 90 days, renewed at 30 left as a rule.
		[["tls.expires-soon"], { fromMs: nowMs - 84 * dayMs, toMs: nowMs + 6 * dayMs }],
		[[], { fromMs: nowMs - 82 * dayMs, toMs: nowMs + 8 * dayMs }],
		// Six days in all, and most of them left.
		[[], { fromMs: nowMs - dayMs, toMs: nowMs + 5 * dayMs }],
		[["tls.expires-soon"], { fromMs: nowMs - 5.5 * dayMs, toMs: nowMs + 0.5 * dayMs }],
	])("%j: %j", (ids, over) => {
		expect(idsOf(shown(over))).toEqual(ids);
	});

	test("is never warned of and faulted by its dates at once", () => {
		const span = fc.integer({ min: -400 * dayMs, max: 400 * dayMs });
		fc.assert(
			fc.property(span, span, (from, to) => {
				const ids = idsOf(shown({ fromMs: nowMs + from, toMs: nowMs + to }));
				expect(ids.length).toBeLessThanOrEqual(1);
				if (to < 0) expect(ids).toEqual(["tls.expired"]);
			}),
		);
	});
});
