import fc from "fast-check";
import { icePolicies } from "../../../src/ice/policy.js";
import { blows } from "../../../src/scenario/fault.js";

const int = (min: number, max: number) => fc.integer({ min, max });

/** Up to 17 digits of each kind: as many as tell doubles apart. */
function decimals(max: number): fc.Arbitrary<string> {
	const whole = fc.oneof(int(1, max - 1), int(1, Math.min(9, max - 1)));
	const fraction = fc.stringMatching(/^\d{0,17}$/);
	return fc.tuple(whole, fraction).map(([a, b]) => (b === "" ? `${a}` : `${a}.${b}`));
}

/** From 1 s, in any words that come to whole milliseconds. */
const duration = fc.oneof(
	int(1000, 3_600_000 * 9999).map((ms) => `${ms}ms`),
	int(1, 100_000).map((s) => `${s}s`),
	fc.tuple(int(0, 5), int(0, 300)).map(([h, m]) => `${h}h${m}m${59.999}s`),
	int(1, 9999).map((n) => `${n / 8}h`),
);
const percent = fc.oneof(
	decimals(100).map((text) => `${text}%`),
	fc.stringMatching(/^0\.\d{0,20}[1-9]$/).map((text) => `${text}%`),
	fc.constant("100%"),
);
const rate = fc.tuple(decimals(1000), fc.constantFrom("s", "m", "h")).map((two) => two.join("/"));

const dataStream = fc.record(
	{
		rate,
		size: fc.constantFrom("24B", "1.5kB", "15KiB"),
		reliable: fc.boolean(),
	},
	{ requiredKeys: ["rate"] },
);

const group = fc.record(
	{
		...{ publishers: int(0, 3), subscribers: int(0, 3), both: int(1, 3) },
		engine: fc.constantFrom("native", "lite"),
		ice: fc.constantFrom(...icePolicies.filter((policy) => policy !== "tcp")),
		subscribe: fc.constantFrom("all", "none", 0),
		data: fc.oneof(fc.constant("none"), dataStream),
	},
	{ requiredKeys: ["both"] },
);
/** Has what the scenario says, and nothing to send it with. */
const listeners = fc.record({ subscribers: int(0, 3) });

const every = fc.record(
	{ every: int(1000, 1999).map((ms) => `${ms}ms`), within: duration },
	{ requiredKeys: ["every"] },
);
const at = fc.record({ at: int(0, 999).map((ms) => `${ms}ms`) });
const blow = fc.record({ do: fc.constantFrom(...blows), share: percent }, { requiredKeys: ["do"] });
const herd = fc.record({ do: fc.constant("herd"), share: percent, away: duration });
const network = { for: fc.constant("300ms") };
const effect = fc.oneof(
	...[blow, herd, fc.record({ do: fc.constant("kill-worker") })],
	fc.record({ do: fc.constant("restart-server"), how: fc.constantFrom("crash", "stop") }),
	fc.record({ do: fc.constantFrom("loss", "duplicate"), ratio: percent, ...network }),
	fc.record({ do: fc.constant("reorder"), ratio: percent, by: duration, ...network }),
	fc.record({ do: fc.constantFrom("delay", "jitter"), by: duration, ...network }),
	fc.record({
		do: fc.constant("bandwidth"),
		limit: fc.tuple(decimals(9_000), fc.constantFrom("kbps", "Mbps")).map((two) => two.join("")),
		...network,
	}),
	fc.record({ do: fc.constant("partition"), ...network }),
);
/** One fault of the network at most: two could overlap. */
const fault = fc.tuple(fc.oneof(at, every), effect).map((two) => ({ ...two[0], ...two[1] }));

const stay = fc.oneof(
	fc.constant("forever"),
	duration,
	int(1000, 30_000).map((ms) => ({ uniform: [`${ms}ms`, `${ms + 500}ms`] })),
	duration.map((mean) => ({ exponential: mean.replace(/^1000ms$|^1s$/, "1001ms") })),
	fc.record({
		lognormal: fc.record({
			median: int(1001, 99_999).map((ms) => `${ms}ms`),
			sigma: fc.double({ min: 0, minExcluded: true, noNaN: true, max: 1e9 }),
		}),
	}),
);

const ramps = fc.oneof(
	fc.constant([{ ramp: "0s", to: "100%" }, { hold: "30s" }]),
	fc
		.tuple(int(0, 99_999), int(2000, 1_800_000))
		.map(([ramp, hold]) => [{ ramp: `${ramp}ms`, to: 1 }, { hold: `${hold}ms` }]),
);
const arrivals = fc
	.tuple(rate, fc.constantFrom("even", "poisson"))
	.map(([arrive, spacing]) => [{ arrive, for: "2s", spacing }, { hold: "29m59.999s" }]);

const anyKeys = fc.record(
	{
		name: fc.constantFrom("a", "no", "1e3", "0x1f", "null", "true", "12-34"),
		seed: fc.maxSafeNat(),
		rooms: int(1, 1000),
		participants: fc.oneof(
			group,
			fc
				.tuple(fc.array(group, { minLength: 1, maxLength: 2 }), fc.array(listeners))
				.map((parts) => parts.flat()),
		),
		engine: fc.constantFrom("native", "lite"),
		ice: fc.constantFrom("direct", "relay-tls"),
		audio: fc.record({ source: fc.constantFrom("tone", "silence"), dtx: fc.boolean() }),
		data: fc.oneof(fc.constant("none"), dataStream),
		speakers: fc.constantFrom("all", "simulate"),
		media: fc.constant("audio"),
		load: fc.oneof(ramps, arrivals),
		life: fc.record({ stay, rejoin: duration }, { requiredKeys: ["stay"] }),
		faults: fc.array(fault, { maxLength: 3 }),
		thresholds: fc.constantFrom(
			{},
			{ "data.loss": ["mean < 1%"] },
			{
				"connect.media": ["p(95)<2s", { expression: "failed < 0.1%", advisory: true }],
				"rtp.loss": [{ expression: "mean: # < \u2028 1%", abortOnFail: true }],
			},
		),
		tls: fc.record({ insecure: fc.boolean() }),
		token: fc.record({ ttl: duration }),
		pool: fc.record({
			workers: fc.constantFrom("auto", 999_999),
			participantsPerWorker: fc.constantFrom("auto", 100),
			joinsInFlight: int(1, 999),
			onAgentLoss: fc.constantFrom("count", "replace"),
		}),
		timeouts: fc.record({ connect: duration, leave: duration }),
		validity: fc.record(
			{ lagP99: duration, lateFrames: fc.oneof(percent, fc.constant("0%")) },
			{ requiredKeys: [] },
		),
	},
	{ requiredKeys: ["name", "participants"] },
);

const signalling = fc
	.tuple(anyKeys, fc.record({ both: int(1, 5), engine: fc.constantFrom("native", "lite") }))
	.map(([{ audio, data, speakers, thresholds, ...file }, participants]) => {
		return { ...file, participants, media: "none" };
	});

/** What a scenario file may hold, as YAML is read; some are impossible together, and refused. */
export const arbitraryFile = fc.oneof({ weight: 5, arbitrary: anyKeys }, signalling).map((file) => {
	const isArriving = file.load?.some((step) => "arrive" in step) ?? false;
	const { life, ...rest } = file;
	if (life === undefined || (life.stay !== "forever" && !isArriving)) return file;
	return { ...rest, life: { stay: life.stay } };
});
