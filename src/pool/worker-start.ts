import type { FromWorker, WorkerOrder } from "./messages.js";
import { endText, orderError } from "./worker-end.js";
import type { WorkerExit, WorkerHandle } from "./worker-handle.js";

/** A worker that takes longer to carry out its order is not there. */
export const readyWithinMs = 60_000;

export interface WorkerStart {
	/** Its number in the pool. */
	readonly worker: number;
	readonly handle: WorkerHandle;
	readonly order: WorkerOrder;
	/** All it ever says. */
	readonly onMessage: (message: FromWorker) => void;
	/** @param finished it had said that its work is done */
	readonly onExit: (exit: WorkerExit, finished: boolean) => void;
}

/**
 * Gives a worker process its order.
 * @returns once it is ready
 * @throws UserError when the order is wrong; Error when it ends before, or is not ready in 60 s
 */
export function startWorker(start: WorkerStart): Promise<void> {
	const { worker, handle, order, onMessage, onExit } = start;
	let finished = false;
	const whenReady = new Promise<void>((resolve, reject) => {
		const timer = setTimeout(
			() => reject(new Error(`worker ${worker} was not ready within ${readyWithinMs} ms`)),
			readyWithinMs,
		);
		handle.listen((message) => {
			if (message.kind === "ready" || message.kind === "failed") clearTimeout(timer);
			if (message.kind === "ready") resolve();
			else if (message.kind === "failed") reject(orderError(message));
			if (message.kind === "done") finished = true;
			onMessage(message);
		});
		void handle.exited.then((exit) => {
			clearTimeout(timer);
			reject(new Error(`worker ${worker} ended before it was ready: ${endText(exit)}`));
			onExit(exit, finished);
		});
	});
	// Whoever has started it may have failed elsewhere by then.
	whenReady.catch(() => {});
	handle.send({ kind: "prepare", order });
	return whenReady;
}
