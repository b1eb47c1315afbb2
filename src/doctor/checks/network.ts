import type { Check } from "../check.js";
import { checkDns } from "../network/dns.js";
import { checkHttp } from "../network/http.js";
import { checkSignal } from "../network/signal.js";
import { checkTcp } from "../network/tcp.js";
import { checkTls } from "../network/tls.js";

/** From the name in the URL to a participant who joined and left again. */
export const dns: Check = {
	id: "dns",
	title: "Is the server's name known?",
	after: [],
	run: checkDns,
};

export const tcp: Check = {
	id: "tcp",
	title: "Does the server take connections?",
	after: ["dns"],
	run: checkTcp,
};

export const tls: Check = {
	id: "tls",
	title: "Is the connection secured as the URL says, with a certificate that clients trust?",
	after: ["tcp"],
	run: checkTls,
};

export const http: Check = {
	id: "http",
	title: "Is it LiveKit that answers, and does its clock agree?",
	after: ["tls"],
	run: checkHttp,
};

export const signal: Check = {
	id: "signal",
	title: "Can somebody join?",
	after: ["http", "token"],
	run: checkSignal,
};
