import { isIP } from "node:net";
import type { DoctorTarget } from "../context.js";

/** The LiveKit server as its URL names it. */
export interface ServerAddress {
	/** Name or address; IPv6 without its brackets. */
	readonly host: string;
	readonly isName: boolean;
	readonly port: number;
	/** The URL names no port: 80 or 443 is meant. */
	readonly isPortImplied: boolean;
	readonly isTls: boolean;
	/** `http://host:port/path`, without a slash at its end, user name and password. */
	readonly httpBase: string;
	/** `ws://host:port/path`, as httpBase: how the user names the server, fit to be shown. */
	readonly shown: string;
	/** Below which LiveKit lies behind a proxy; "" for the root. */
	readonly path: string;
}

/** Undefined where no URL was given. */
export function serverAddress({ url }: Pick<DoctorTarget, "url">): ServerAddress | undefined {
	if (url === undefined) return undefined;
	const isTls = url.protocol === "wss:" || url.protocol === "https:";
	const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
	const path = url.pathname.replace(/\/+$/, "");
	return {
		...{ host, isTls, path },
		isName: isIP(host) === 0,
		port: url.port === "" ? (isTls ? 443 : 80) : Number(url.port),
		isPortImplied: url.port === "",
		httpBase: `${isTls ? "https" : "http"}://${url.host}${path}`,
		shown: `${isTls ? "wss" : "ws"}://${url.host}${path}`,
	};
}

/** host:port, with brackets where IPv6 needs them. */
export function hostPort(host: string, port: number): string {
	return isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Why a check of the network has nothing to do. */
export const noUrl = "no --url";
