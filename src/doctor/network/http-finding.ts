import { provenFault } from "../certainty.js";
import type { Finding } from "../finding.js";
import type { HttpAnswer, NoHttpAnswer } from "./http-answer.js";
import { isLiveKitRoot, isLiveKitValidate, isNotReady } from "./livekit-answer.js";
import { hostPort, type ServerAddress } from "./server-address.js";

export interface HttpAnswers {
	readonly server: ServerAddress;
	/** To `/` and `/rtc/validate` below the URL's path. */
	readonly root: HttpAnswer | NoHttpAnswer;
	readonly validate: HttpAnswer | NoHttpAnswer;
	/** To `/` of the host, where the URL has a path. */
	readonly aboveRoot: HttpAnswer | NoHttpAnswer | undefined;
}

type Wrong = Omit<Finding, "evidence">;

const proxyErrors: ReadonlySet<number> = new Set([502, 503, 504, 520, 521, 522, 523, 524, 530]);

/** What is wrong with what answers at the URL; undefined where it is LiveKit, ready. */
export function httpFinding(answers: HttpAnswers): Wrong | undefined {
	const { server, root, validate, aboveRoot } = answers;
	if (isNotReady(root)) return notReady(server);
	if (isLiveKitValidate(validate)) return undefined;
	if (!("status" in validate)) return silent(server, validate);
	if (validate.status >= 300 && validate.status < 400) return redirected(server, validate);
	if (proxyErrors.has(validate.status)) return badGateway(server, validate);
	if (aboveRoot && isLiveKitRoot(aboveRoot)) return wrongPath(server);
	return isLiveKitRoot(root) ? notRouted(server, validate) : notLiveKit(server, validate);
}

function notReady({ shown }: ServerAddress): Wrong {
	return {
		...provenFault,
		id: "http.not-ready",
		title: `livekit-server at ${shown} says "Not Ready"`,
		cause:
			"Its own state is older than 4 s: it hangs, has lost its Redis, or its machine is out of CPU.",
		fix: "Look at its log and CPU, and at the Redis that its config names; then restart it.",
	};
}

function silent({ shown }: ServerAddress, { kind, words }: NoHttpAnswer): Wrong {
	if (kind === "not-http")
		return {
			...provenFault,
			id: "http.not-http",
			title: `what listens at ${shown} does not speak HTTP`,
			cause:
				"The port belongs to another service (TURN, SSH, a database, LiveKit's ICE/TCP port 7881).",
			fix: "Name LiveKit's signalling port: `port` in livekit.yaml, 7880 unless set, or its proxy's.",
		};
	const isSilent = kind === "no-answer";
	return {
		...provenFault,
		id: isSilent ? "http.no-answer" : "http.closed",
		title: isSilent
			? `${shown} takes connections and answers nothing`
			: `${shown} takes connections and closes them without an answer`,
		cause: isSilent
			? "Something accepts TCP there, but no HTTP answer comes: a hung server, a proxy without a backend, or a port of another service that waits."
			: `A port of another service, or a proxy that refuses this client (${words}).`,
		fix: "Name LiveKit's signalling port (`port` in livekit.yaml, 7880 unless set, or its proxy's), and look at the log of what listens there.",
	};
}

function redirected({ shown, isTls }: ServerAddress, { status, headers }: HttpAnswer): Wrong {
	const to = URL.canParse(headers.location ?? "", shown.replace(/^ws/, "http"))
		? new URL(headers.location ?? "", shown.replace(/^ws/, "http"))
		: undefined;
	const where = to === undefined ? "another address" : `${to.protocol}//${to.host}`;
	const better =
		to === undefined ? "" : ` --url ${to.protocol === "https:" ? "wss" : "ws"}://${to.host}`;
	return {
		...provenFault,
		id: "http.redirect",
		title: `${shown} redirects (HTTP ${status}) to ${where}`,
		cause: `A WebSocket client follows no redirect, so LiveKit is not reached${isTls ? "" : "; most often plain HTTP is sent on to https"}.`,
		fix: `Use the final address${better === "" ? "" : `:${better}`}, and the same in the application.`,
	};
}

function badGateway({ shown }: ServerAddress, { status, headers }: HttpAnswer): Wrong {
	return {
		...provenFault,
		id: "http.bad-gateway",
		title: `the proxy in front of LiveKit${headers.server === undefined ? "" : ` (${headers.server})`} answers HTTP ${status}`,
		cause: `${shown} is a proxy that does not reach livekit-server behind it: it is down, or the proxy has another address or port for it.`,
		fix: "Start livekit-server, or correct the proxy's upstream (nginx: proxy_pass http://ADDRESS:7880).",
	};
}

function wrongPath(server: ServerAddress): Wrong {
	const scheme = server.isTls ? "wss" : "ws";
	return {
		...provenFault,
		id: "http.wrong-path",
		title: `LiveKit is at the root of ${server.host}, not below ${server.path}`,
		cause:
			"SDKs add /rtc to the URL by themselves; with a path in it they ask for what is not there.",
		fix: `Use --url ${scheme}://${hostPort(server.host, server.port)}, and the same in the application.`,
	};
}

function notRouted({ shown }: ServerAddress, { status }: HttpAnswer): Wrong {
	return {
		...provenFault,
		id: "http.rtc-not-routed",
		title: `/ of ${shown} reaches LiveKit, but /rtc/validate is answered with HTTP ${status}`,
		cause: "The proxy passes on some paths only; clients join at /rtc and below.",
		fix: "Have the proxy pass every path to livekit-server (nginx: location / { proxy_pass …; }).",
	};
}

function notLiveKit({ shown, path }: ServerAddress, { status, headers }: HttpAnswer): Wrong {
	const who = headers.server ?? headers["x-powered-by"];
	return {
		...provenFault,
		id: "http.not-livekit",
		title: `it is not LiveKit that answers at ${shown}${who === undefined ? "" : ` (${who})`}: HTTP ${status} at /rtc/validate`,
		cause: "Another web server is there, or a proxy that does not pass /rtc on to livekit-server.",
		fix: `Correct host and port in --url${path === "" ? ", add the path below which a proxy has LiveKit," : " and its path"} or the proxy's routes.`,
	};
}
