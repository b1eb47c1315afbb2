import type { Clock } from "../clock/clock.js";
import { Impairer } from "./impairer.js";
import type { FromImpairer, ToImpairer } from "./impairer-messages.js";
import { impairment } from "./impairment.js";

/**
 * Answers the messages of the process that rules an impairer: sockets belong to the network namespace of their
 * process, so the impairer needs one of its own there. Each call is answered before the next one is begun.
 * @returns takes one message
 */
export function serveImpairer(
	clock: Clock,
	answer: (message: FromImpairer) => void,
): (message: ToImpairer) => void {
	let impairer: Impairer | undefined;
	const carryOut = async (message: ToImpairer): Promise<FromImpairer> => {
		if (message.kind === "start") {
			if (impairer) throw new Error("the impairer has been started already");
			impairer = await Impairer.start(message.order, clock);
			return { kind: "done" };
		}
		if (!impairer) throw new Error("the impairer has not been started");
		switch (message.kind) {
			case "impair":
				impairer.impair(message.direction, impairment(message.impairment));
				return { kind: "done" };
			case "count":
				return { kind: "counts", counts: impairer.counts };
			case "stop":
				impairer.close();
				impairer = undefined;
				return { kind: "done" };
			default:
				return message satisfies never;
		}
	};
	let before: Promise<void> = Promise.resolve();
	return (message) => {
		before = before
			.then(() => carryOut(message))
			.catch((error: Error): FromImpairer => ({ kind: "refused", sentence: error.message }))
			.then(answer);
	};
}
