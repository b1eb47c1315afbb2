/** One allocation as coturn's verbose log tells it. */
export interface TurnSession {
	/** Of REST credentials: `<expiry>:<name>`. */
	readonly user: string;
	/** Between client and TURN server. */
	readonly transport: "udp" | "tcp" | "tls";
	/** From and to the client; 0 until the session is closed. */
	readonly bytesReceived: number;
	readonly bytesSent: number;
}

/**
 * The sessions of a piece of coturn's log that got an allocation. TLS shows in the line that tells of a new
 * allocation; UDP and TCP are told apart by the client's address, which has connected or has not.
 */
export function turnSessions(log: string): TurnSession[] {
	const connected = new Set(
		all(log, /tcp or tls connected to: (\S+)/g).map(([, remote]) => remote),
	);
	return all(log, /session (\d+): new, realm=<[^>]*>, username=<([^>]*)>(.*)/g).map(
		([, id = "", user = "", rest = ""]) => {
			const allocated = new RegExp(`session ${id}: .*ALLOCATE processed, success`).test(log);
			if (!allocated) throw new Error(`session ${id} is new without a successful ALLOCATE`);
			const [, remote] = new RegExp(`session ${id}: closed .*, remote (\\S+),`).exec(log) ?? [];
			const usage = new RegExp(`session ${id}: usage: .* rb=(\\d+), sp=\\d+, sb=(\\d+)`).exec(log);
			const [, bytesReceived = 0, bytesSent = 0] = (usage ?? []).map(Number);
			const overTls = /method=TLS/.test(rest);
			const transport = overTls ? "tls" : connected.has(remote) ? "tcp" : "udp";
			return { user, transport, bytesReceived, bytesSent };
		},
	);
}

function all(text: string, pattern: RegExp): RegExpMatchArray[] {
	return [...text.matchAll(pattern)];
}
