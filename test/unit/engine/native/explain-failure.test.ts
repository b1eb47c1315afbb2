import { expect, test } from "vitest";
import type { JoinOrder } from "../../../../src/engine/engine.js";
import { explainFailure } from "../../../../src/engine/native/explain-failure.js";

const order = { icePolicy: "direct", signal: new AbortController().signal } as JoinOrder;
const turn = { bridgeError: undefined, look: "unknown" } as const;
const error = new Error("track publication timed out");
const seen = { joined: true, gathered: true, connected: false, sidByMid: {} };

test("a track that the server never took is no fault of ICE's once the connection is up", () => {
	expect(explainFailure(order, { ...seen, connected: true }, turn, error)).toEqual({
		...{ stage: "published", cause: "no-rtp-sent", detail: error.message },
	});
	expect(explainFailure(order, seen, turn, error)).toMatchObject({
		...{ stage: "ice", cause: "no-nominated-pair" },
	});
});
