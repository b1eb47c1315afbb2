import { expect, test } from "vitest";
import { lenient, toServer, withCli } from "../rig/cli.js";
import { withLiveKit } from "../rig/real-parts.js";
import { readEvents, readSummary } from "../rig/result.js";

const cli = withCli();
const server = withLiveKit();

const two = "participants: { both: 2 }\nload: [{ ramp: 1s, to: 100% }, { hold: 4s }]";

test("a tester that cannot keep its schedule is invalid (3), whatever its thresholds say", async () => {
	const { args, env } = toServer(server());
	// No machine ticks this exactly: the limit stands for a machine that is too small.
	const strict = "validity: { lagP99: 1ms, lateFrames: 100%, startDelayP99: 60s }";
	const thresholds = 'thresholds: { connect.media: ["p95 < 1ms"] }';
	const busy = "name: busy\nengine: native";
	const scenario = `${busy}\n${two}\n${strict}\n${thresholds}`;
	const { code, out } = await cli().runScenario(scenario, args, env);
	const summary = await readSummary(out);
	expect({ code, verdict: summary.verdict }).toEqual({ code: 3, verdict: "invalid" });
	expect(summary.invalidities.map(({ rule }) => rule)).toContain("lag");
});

test("a threshold that fails is 99, an advisory one is shown only, and abortOnFail ends the run", async () => {
	const { args, env } = toServer(server());
	const scenario = `
name: strict
engine: lite
participants: { both: 2 }
load: [{ ramp: 1s, to: 100% }, { hold: 10m }]
thresholds:
  connect.joined: [{ expression: "p50 < 0.001ms", advisory: true }]
  connect.media: [{ expression: "max < 0.001ms", abortOnFail: true }]
${lenient}
`;
	const { code, out } = await cli().runScenario(scenario, args, env);
	const summary = await readSummary(out);
	expect({ code, verdict: summary.verdict }).toEqual({ code: 99, verdict: "failed" });
	expect(summary.thresholds).toMatchObject([
		{ metric: "connect.joined", ok: false, advisory: true },
		{ metric: "connect.media", ok: false, advisory: false },
	]);
	expect(summary.reason).toContain("connect.media max < 0.001ms");
	expect(summary.participants).toMatchObject({ joined: 2, left: 2 });
	expect((await readEvents(out)).map(({ kind }) => kind)).toContain("stop-asked");
});

test("light and native participants in one scenario hear each other", async () => {
	const { args, env } = toServer(server());
	const scenario = `
name: mixed
participants:
  - { publishers: 1, both: 2, engine: lite }
  - { both: 2, subscribers: 1, engine: native }
load: [{ ramp: 1s, to: 100% }, { hold: 6s }]
thresholds:
  connect.media: ["failed < 0.1%"]
  rtp.loss: ["mean < 0.5%"]
  audio.silence: ["ratio < 5%"]
${lenient}
`;
	const { code, out, stderr } = await cli().runScenario(scenario, args, env);
	const summary = await readSummary(out);
	expect(stderr).not.toContain("internal error");
	expect({ code, thresholds: summary.thresholds.filter(({ ok }) => !ok) }).toEqual({
		code: 0,
		thresholds: [],
	});
	expect(Object.keys(summary.engines).sort()).toEqual(["lite", "native"]);
	expect(summary.participants).toMatchObject({ planned: 6, joined: 6, failed: 0, lost: 0 });
	// Only the native ones decode; what they hear comes from light publishers too.
	expect(summary.metrics["connect.heard"]?.count).toBeGreaterThan(0);
	expect(summary.packets.lost).toBe(0);
});
