/** Names below which well-known public STUN servers are. */
const publicDomains = [
	"l.google.com",
	"twilio.com",
	"cloudflare.com",
	"services.mozilla.com",
	"stunprotocol.org",
	"nextcloud.com",
	"sipgate.net",
	"sip.us",
	"ekiga.net",
	"voipbuster.com",
	"voip.blackberry.com",
	"1und1.de",
	"schlund.de",
	"freeswitch.org",
	"antisip.com",
	"framasoft.org",
	"metered.ca",
	"xirsys.com",
];

/** Whether a host is one of the public STUN servers that people, and livekit-server by default, hand out. */
export function isPublicStun(host: string): boolean {
	const name = host.toLowerCase().replace(/\.$/, "");
	return publicDomains.some((domain) => name === domain || name.endsWith(`.${domain}`));
}
