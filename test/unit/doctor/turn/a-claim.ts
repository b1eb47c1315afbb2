import type { ServerClaim } from "../../../../src/doctor/turn/claims.js";

export const claim: ServerClaim = {
	...{ protocol: "turn", host: "turn.example", port: 3478, transport: "udp" },
	...{ uri: "turn:turn.example:3478", from: "service" },
};
