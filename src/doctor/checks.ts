import type { Check } from "./check.js";
import { audio } from "./checks/audio.js";
import { config } from "./checks/config.js";
import { connection, gathering } from "./checks/connection.js";
import { iceServers } from "./checks/ice-servers.js";
import { dns, http, signal, tcp, tls } from "./checks/network.js";
import { stun } from "./checks/stun.js";
import { token } from "./checks/token.js";
import { turn } from "./checks/turn.js";

/** All checks of `livesoak doctor`, in the order in which they are shown: the way to heard audio. */
export const checks: readonly Check[] = [
	...[dns, tcp, tls, http, token, signal],
	...[iceServers, stun, turn, config],
	...[gathering, connection, audio],
];
