export interface CoturnConfigFacts {
	readonly host: string;
	/** UDP and TCP. */
	readonly port: number;
	readonly relayStart: number;
	readonly relayEnd: number;
	readonly realm: string;
	/** For REST credentials; appears in this text and nowhere else. */
	readonly secret: string;
	/** Absolute: coturn keeps its log, process id and user database here and nowhere else. */
	readonly folder: string;
	readonly tls?: { readonly port: number; readonly certFile: string; readonly keyFile: string };
}

/** Where coturn writes its log, below its folder. */
export const coturnLogName = "turnserver.log";

/**
 * `turnserver.conf` for one host. Peers on the loopback address are allowed because the server
 * under test is there; no port but the listed ones is opened, and no system file is touched.
 */
export function coturnConfig(facts: CoturnConfigFacts): string {
	const lines = [
		`listening-ip=${facts.host}`,
		`relay-ip=${facts.host}`,
		`listening-port=${facts.port}`,
		`min-port=${facts.relayStart}`,
		`max-port=${facts.relayEnd}`,
		"allow-loopback-peers",
		"fingerprint",
		"use-auth-secret",
		`static-auth-secret=${facts.secret}`,
		`realm=${facts.realm}`,
		...(facts.tls === undefined
			? ["no-tls"]
			: [
					`tls-listening-port=${facts.tls.port}`,
					`cert=${facts.tls.certFile}`,
					`pkey=${facts.tls.keyFile}`,
					"no-tlsv1",
					"no-tlsv1_1",
				]),
		"no-dtls",
		"no-multicast-peers",
		"no-cli",
		`pidfile=${facts.folder}/turnserver.pid`,
		`userdb=${facts.folder}/turndb`,
		`log-file=${facts.folder}/${coturnLogName}`,
		// One file with the name above, instead of one a day.
		"simple-log",
		// Allocations and the bytes of every session, which is what a relay test looks for.
		"verbose",
	];
	return `${lines.join("\n")}\n`;
}
