import { fileURLToPath } from "node:url";
import { RoomServiceClient } from "livekit-server-sdk";
import { expect, test, vi } from "vitest";
import { toServer, withCli } from "../rig/cli.js";
import { withLiveKit } from "../rig/real-parts.js";
import { expectConserved, readEvents, readSummary } from "../rig/result.js";

const churn = fileURLToPath(new URL("../../scenarios/churn.yaml", import.meta.url));

const cli = withCli();
const server = withLiveKit();

test("scenarios/churn.yaml, shortened: lives end, successors join, and the server is empty afterwards", async () => {
	const { args, env } = toServer(server());
	const out = `${cli().folder}/results`;
	const shorter = ["--duration", "14s", "--participants", "4", "--set", "life.stay=3s"];
	const slow = ["lagP99=60s", "lateFrames=100%", "startDelayP99=60s"].flatMap((limit) => [
		...["--set", `validity.${limit}`],
	]);
	const flags = [...args, "--out", out, ...shorter, ...slow];
	const { code, stderr } = await cli().run(["run", churn, ...flags], env);
	expect(stderr).not.toContain("internal error");

	const { participants, lostCauses, failures, packets, ...summary } = await readSummary(out);
	expect({ failures, lostCauses }).toEqual({ failures: [], lostCauses: [] });
	expect(participants).toMatchObject({ failed: 0, lost: 0, unfinished: 0 });
	expect(participants.joined).toBe(participants.left);
	// Four seats of 14 s, less the ramp, in stays of 3 s.
	expect(participants.planned).toBeGreaterThanOrEqual(12);
	expect(participants.joined).toBeGreaterThanOrEqual(participants.planned - 4);
	expectConserved({ participants, lostCauses, failures, packets, ...summary });
	expect(packets.received).toBeGreaterThan(0);
	expect(["passed", "failed"]).toContain(summary.verdict);
	expect(code).toBe(summary.exitCode);

	const joined = (await readEvents(out)).filter(({ kind }) => kind === "life-joined");
	for (const seat of [0, 1, 2, 3]) {
		const lives = joined.filter((event) => event.seat === seat).map(({ life }) => life);
		expect(lives.length).toBeGreaterThanOrEqual(2);
		expect(new Set(lives).size).toBe(lives.length);
	}

	const { url, apiKey, apiSecret } = server();
	const rooms = new RoomServiceClient(url.replace("ws", "http"), apiKey, apiSecret);
	await vi.waitFor(
		async () => {
			for (const { name } of await rooms.listRooms())
				expect(await rooms.listParticipants(name)).toEqual([]);
		},
		{ timeout: 5_000, interval: 200 },
	);
});
