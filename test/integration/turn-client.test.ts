import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { systemClock } from "../../src/clock/system-clock.js";
import { allocate } from "../../src/doctor/turn/allocate.js";
import { TurnClient } from "../../src/turn/turn-client.js";
import { attribute, attributes, type Message, parseMessage } from "../rig/turn-message.js";
import { stun } from "../unit/turn/any-message.js";

const credentials = { username: "alice", password: "the-password-of-alice" };
const key = { ...credentials, realm: Buffer.from("r"), nonce: Buffer.from("first") };

/** What a server says to the n-th request (0-based); undefined: nothing. */
type Script = (request: Message, nth: number) => readonly [type: number, body: Buffer] | undefined;

const error = (code: number) =>
	attribute(attributes.errorCode, Buffer.from([0, 0, Math.floor(code / 100), code % 100]));
const nonce = (text: string) => attribute(attributes.nonce, Buffer.from(text));

describe("a TURN client against a server that does as it is told", () => {
	let server: Socket;
	let client: TurnClient;
	let requests: Message[];
	let script: Script;

	beforeEach(async () => {
		requests = [];
		server = createSocket("udp4");
		server.on("message", (datagram, { address, port }) => {
			const request = parseMessage(datagram);
			const answer = script(request, requests.push(request) - 1);
			if (answer === undefined) return;
			server.send(stun(answer[0], answer[1], Buffer.from(request.transactionId)), port, address);
		});
		server.bind(0, "127.0.0.1");
		await once(server, "listening");
		const at = { address: "127.0.0.1", port: server.address().port, serverName: "127.0.0.1" };
		const { signal } = new AbortController();
		const options = { clock: systemClock, signal, answerBoundMs: 800, credentials };
		client = new TurnClient({ ...at, transport: "udp" }, options);
		client.authenticate(credentials, key.realm, key.nonce);
	});
	afterEach(async () => {
		await client.close();
		server.close();
	});

	const nonces = () => requests.map((one) => String(one.attributes.get(attributes.nonce)));

	test("a stale nonce is replaced by the one that comes with the refusal", async () => {
		script = (_request, nth) =>
			nth === 0
				? [0x0114, Buffer.concat([error(438), nonce("second")])]
				: [0x0104, Buffer.alloc(0)];
		expect(await client.ask("refresh", { lifetimeSeconds: 60 })).toMatchObject({ kind: "success" });
		expect(nonces()).toEqual(["first", "second"]);
	});

	test("a server that calls every nonce stale is given up after three", async () => {
		script = (_request, nth) => [0x0114, Buffer.concat([error(438), nonce(`after-${nth}`)])];
		const reply = await client.ask("refresh", { lifetimeSeconds: 60 });
		expect(reply).toMatchObject({ kind: "refused", code: 438 });
		expect(nonces()).toEqual(["first", "after-0", "after-1"]);
	});

	test("a request that gets lost is sent again as it was, and silence is told as such", async () => {
		script = (_request, nth) => (nth === 0 ? undefined : [0x0101, Buffer.alloc(0)]);
		expect(await client.ask("binding")).toMatchObject({ kind: "success" });
		const [first, second] = requests.map(({ transactionId }) => transactionId.toString("hex"));
		expect(second).toBe(first);
		script = () => undefined;
		expect(await client.ask("binding")).toEqual({ kind: "silent" });
	});

	test("a redirect tells where to", async () => {
		const there = attribute(0x8023, Buffer.from("00010d96c0000207", "hex"));
		script = () => [0x0113, Buffer.concat([error(300), there])];
		expect(await allocate(client, credentials)).toMatchObject({
			...{ kind: "refused", at: "challenge", code: 300 },
			alternate: { address: "192.0.2.7", port: 3478 },
		});
	});

	test("a success without a relayed address is none", async () => {
		script = () => [0x0103, Buffer.alloc(0)];
		expect(await allocate(client, credentials)).toMatchObject({ kind: "refused", code: 0 });
	});
});
