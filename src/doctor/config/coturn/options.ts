/** What an option takes. */
export type OptionKind =
	/** On where it stands alone; also `=on`, `=off`, `=0` … */
	| "flag"
	/** A whole number, with a default where it stands alone. */
	| "numberOrDefault"
	| "number"
	| "text";

const flags = `Verbose allow-loopback-peers check-origin-consistency cli daemon dh1066 dh566 drop-invalid-packets
drop-invalid-packets-log dtls fingerprint include-reason-string keep-address-family log-binding lt-cred-mech mobility
multiplex-peer new-log-timestamp no-auth no-auth-pings no-cli no-dtls no-dynamic-ip-list no-dynamic-realms
no-multicast-peers no-rfc5780 no-software-attribute no-sslv2 no-sslv3 no-stdout-log no-stun
no-stun-backward-compatibility no-tcp no-tcp-relay no-tls no-tlsv1 no-tlsv1_1 no-tlsv1_2 no-udp no-udp-relay oauth prod
prometheus prometheus-tls prometheus-username-labels raw-public-keys respond-http-unsupported
response-origin-only-with-rfc5780 rfc3489-compatibility rfc5766-channel-numbers rfc5780 secure-stun server-relay
simple-log software-attribute stateless-nonce stun-backward-compatibility stun-only syslog tlsv1 tlsv1_1 udp-gso
udp-recvmmsg udp-recvmmsg-log udp-self-balance udp-sendmmsg-log unauthorized-ratelimit use-auth-secret verbose version
web-admin web-admin-listen-on-workers`;

const numbersOrDefaults = `channel-lifetime max-allocate-lifetime permission-lifetime prometheus-port stale-nonce
unauthorized-ratelimit-rps secret-ts-exp-time`;

const numbers = `alt-listening-port alt-tls-listening-port bps-capacity cli-max-output-sessions cli-port cpus
drain-min-allocations listening-port max-allocate-timeout max-bps max-port min-port multiplex-peer-max-peers
multiplex-peer-port ne relay-threads sock-buf-size tcp-proxy-port tls-listening-port total-quota user-quota
web-admin-port`;

const texts = `CA-file acme-redirect allocation-default-address-family allowed-peer-ip alternate-server aux-server cert
cipher-list cli-ip cli-password db denied-peer-ip dh-file ec-curve-name external-ip listening-device listening-ip
log-file log-min-level mongo-userdb mysql-userdb new-log-timestamp-format pidfile pkey pkey-pwd proc-group proc-user
prometheus-address prometheus-cert prometheus-key prometheus-path psql-userdb realm redis-statsdb redis-userdb
relay-device relay-ip rest-api-separator secret-key-file server-name sql-userdb stateless-nonce-secret
static-auth-secret syslog-facility tcp-alternate-server tls-alternate-server udp-alternate-server user userdb
web-admin-ip`;

/** Every option of coturn 4.6.1 and of 4.17.1 (`long_options` in src/apps/relay/mainrelay.c). */
export const optionKinds: ReadonlyMap<string, OptionKind> = new Map([
	...words(flags).map((name) => [name, "flag"] as const),
	...words(numbersOrDefaults).map((name) => [name, "numberOrDefault"] as const),
	...words(numbers).map((name) => [name, "number"] as const),
	...words(texts).map((name) => [name, "text"] as const),
]);

/** May stand more than once, each time with another value. */
export const repeatable: ReadonlySet<string> = new Set([
	"allowed-peer-ip",
	"alternate-server",
	"aux-server",
	"denied-peer-ip",
	"external-ip",
	"listening-ip",
	"relay-ip",
	"static-auth-secret",
	"tcp-alternate-server",
	"tls-alternate-server",
	"udp-alternate-server",
	"user",
]);

/** Options that newer versions ignore, with what they do in its place. Harmless: a note, not a finding. */
export const outdated: ReadonlyMap<string, string> = new Map([
	[
		"no-loopback-peers",
		"loopback peers are denied by default since coturn 4.5.1, which ignores it",
	],
	["no-sslv2", "SSL 2 is gone from coturn; it has no effect"],
	["no-sslv3", "SSL 3 is gone from coturn; it has no effect"],
	["prod", "it is called no-software-attribute now"],
	["secret-ts-exp-time", "it has no effect since coturn 4.0"],
	["keep-address-family", "it is called allocation-default-address-family=keep now"],
]);

/** Values that are never shown. */
export const secretOptions: ReadonlySet<string> = new Set([
	"cli-password",
	"mongo-userdb",
	"mysql-userdb",
	"pkey-pwd",
	"psql-userdb",
	"redis-statsdb",
	"redis-userdb",
	"sql-userdb",
	"stateless-nonce-secret",
	"static-auth-secret",
	"user",
]);

function words(text: string): readonly string[] {
	return text.split(/\s+/);
}
