import { connect } from "node:net";
import type { DoctorContext } from "../context.js";
import { withDeadline } from "./deadline.js";

/** How one address took a TCP connection. `code`: ECONNREFUSED, EHOSTUNREACH …, TIMEOUT for no answer in time. */
export type TcpConnect = { readonly address: string } & (
	| { readonly tookMs: number }
	| { readonly code: string }
);

/** One connection, closed at once. Never rejects. */
export function tcpConnect(
	context: Pick<DoctorContext, "clock" | "signal">,
	address: string,
	port: number,
	boundMs: number,
): Promise<TcpConnect> {
	const startMs = context.clock.nowMs();
	return withDeadline(
		context,
		boundMs,
		(signal) =>
			new Promise((resolve) => {
				const socket = connect({ host: address, port });
				const done = (result: TcpConnect) => {
					signal.removeEventListener("abort", late);
					socket.destroy();
					resolve(result);
				};
				const late = () => done({ address, code: "TIMEOUT" });
				socket.once("connect", () => done({ address, tookMs: context.clock.nowMs() - startMs }));
				socket.on("error", (error: Error & { code?: string }) =>
					done({ address, code: error.code ?? error.message }),
				);
				if (signal.aborted) late();
				else signal.addEventListener("abort", late, { once: true });
			}),
	);
}
