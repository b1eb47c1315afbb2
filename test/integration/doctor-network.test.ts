import getPort from "get-port";
import { RoomServiceClient } from "livekit-server-sdk";
import { describe, expect, test } from "vitest";
import { withLiveKit } from "../rig/real-parts.js";
import {
	type ProxyOptions,
	startHttp,
	startProxy,
	startTcp,
	tokenFor,
	walk,
} from "./doctor-network-rig.js";

const server = withLiveKit();
const at = (port: number, path = "") => new URL(`ws://127.0.0.1:${port}${path}`);
const own = () => server().ports.signalPort;

/** Up to the join: ICE servers have a test of their own. */
async function joinBy(url: URL) {
	const walked = await walk({ url }, await tokenFor(server()));
	const ids = walked.ids.filter((id) => !id.startsWith("ice-servers."));
	return { ...walked, ids };
}

describe("a healthy server", () => {
	test.each(["127.0.0.1", "localhost"])(
		"at %s has no finding and nobody is left in it",
		async (host) => {
			const { apiKey, apiSecret } = server();
			const { ids, results, facts, text } = await joinBy(new URL(`ws://${host}:${own()}`));
			expect(ids).toEqual([]);
			expect(facts.join?.participant?.identity).toBe("doctor-a");
			expect(facts).toMatchObject({ isOpen: true, tls: "none", isLiveKit: true });
			expect(Math.abs(facts.clockOffsetMs ?? Number.NaN)).toBeLessThan(2_000);
			expect(results.signal?.lines.join()).toMatch(/ping \d+\.\d ms .*livekit-server 1\.13/);
			expect(text).not.toContain(apiSecret);
			const client = new RoomServiceClient(server().url.replace("ws", "http"), apiKey, apiSecret);
			expect(await client.listParticipants("doctor")).toEqual([]);
		},
	);

	test("below a path of a proxy has no finding", async () => {
		const port = await startProxy(own(), { prefix: "/livekit" });
		expect((await joinBy(at(port, "/livekit/"))).ids).toEqual([]);
	});
});

describe("the way to the server", () => {
	test("a name that nobody knows, and nothing is tried beyond it", async () => {
		const { ids, results } = await joinBy(new URL("wss://no-such-host.invalid"));
		expect(ids).toEqual(["dns.unknown-host"]);
		expect(results.signal?.skipped).toBeDefined();
	});

	test("a URL with its scheme twice", async () => {
		const { ids, text } = await joinBy(new URL("wss://wss://lk.example.org"));
		expect(ids).toEqual(["dns.unknown-host"]);
		expect(text).toContain("scheme twice");
	});

	test("a port where nobody listens", async () => {
		const port = await getPort({ host: "127.0.0.1" });
		expect((await joinBy(at(port))).ids).toEqual(["tcp.refused"]);
	});

	test("a port of something that hangs up, talks first, or says nothing", async () => {
		const hangsUp = await startTcp((socket) => socket.end());
		const talks = await startTcp((socket) => socket.write("SSH-2.0-OpenSSH_9.2p1\r\n"));
		const silent = await startTcp(() => {});
		const walked = await Promise.all([hangsUp, talks, silent].map((port) => joinBy(at(port))));
		expect(walked.map(({ ids }) => ids)).toEqual([
			["http.closed"],
			["http.not-http"],
			["http.no-answer"],
		]);
	});
});

describe("what answers in LiveKit's place", () => {
	const only = (status: number, headers: Record<string, string> = {}) =>
		startHttp((_request, response) => response.writeHead(status, headers).end("<h1>hello</h1>"));

	test.each([
		[404, {}, "http.not-livekit"],
		[200, { server: "nginx/1.24.0" }, "http.not-livekit"],
		[502, { server: "nginx/1.24.0" }, "http.bad-gateway"],
		[301, { location: "https://lk.example.org/" }, "http.redirect"],
	])("HTTP %i", async (status, headers, id) => {
		const { ids, facts, results } = await joinBy(at(await only(status, headers)));
		expect(ids).toEqual([id]);
		expect(facts.isLiveKit).toBe(false);
		expect(results.signal?.skipped).toContain("no LiveKit answers");
	});

	test("a redirect's fix names where it goes", async () => {
		const port = await only(308, { location: "https://lk.example.org/x" });
		expect((await joinBy(at(port))).text).toContain("--url wss://lk.example.org");
	});

	test("LiveKit itself, not ready", async () => {
		const port = await startHttp((_request, response) =>
			response.writeHead(406).end("Not Ready\nNode"),
		);
		expect((await joinBy(at(port))).ids[0]).toBe("http.not-ready");
	});

	test("/rtc written into the URL", async () => {
		expect((await joinBy(at(own(), "/rtc"))).ids).toEqual(["http.wrong-path"]);
	});

	test("a proxy that passes on / alone", async () => {
		const answer: ProxyOptions["answer"] = (path) => (path === "/" ? undefined : { status: 404 });
		expect((await joinBy(at(await startProxy(own(), { answer })))).ids[0]).toBe(
			"http.rtc-not-routed",
		);
	});

	test("a clock that is off by more than LiveKit's patience", async () => {
		const ahead = await startProxy(own(), { dateOffsetMs: 90_000 });
		const near = await startProxy(own(), { dateOffsetMs: -50_000 });
		expect((await joinBy(at(ahead))).ids).toEqual(["http.clock-skew"]);
		expect((await joinBy(at(near))).ids).toEqual([]);
	});
});
