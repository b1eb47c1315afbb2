import type { CandidateType } from "../../ice/candidate-pair.js";

/** A candidate that passed in the signalling. */
export interface SeenCandidate {
	readonly type: CandidateType;
	readonly transport: "udp" | "tcp";
	readonly address: string;
	readonly port: number;
	/** Since the join began. */
	readonly atMs: number;
}
