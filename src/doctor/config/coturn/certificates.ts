import { certificateProblem } from "../certificate.js";
import { askedUris } from "./asked-uris.js";
import type { TurnRule } from "./rule.js";

/** `cert` and `pkey`, where TLS is wanted: one of the two is named, a TLS port is, or clients are handed turns: */
export const certificates: TurnRule = function* (config, facts) {
	const { machine, nowMs, relays = [] } = facts;
	const [cert, key] = [config.last("cert"), config.last("pkey")];
	const isOff = config.isOn("no-tls") && config.isOn("no-dtls");
	const works = relays.some((relay) => relay.works && relay.transport === "tls");
	if (isOff || works) return;
	const port = config.last("tls-listening-port");
	const handed = askedUris(config, facts).get("tls");
	if (cert === undefined || key === undefined) {
		if (cert === undefined && key === undefined && port === undefined && handed === undefined)
			return;
		yield config.finding(cert ?? key ?? port, {
			id: "coturn-certificate-missing",
			severity: handed === undefined ? "warning" : "fault",
			title: `turnserver.conf names no ${cert === undefined ? "cert" : "pkey"}${handed === undefined ? "" : `, but clients are handed ${handed}`}`,
			cause:
				'coturn logs "cannot start TLS and DTLS listeners" and goes on without TLS: turns: is never answered.',
			fix: "add cert=<PEM> and pkey=<PEM>; or no-tls and no-dtls where TLS is not wanted.",
		});
		return;
	}
	const problem =
		machine && certificateProblem(machine, { cert: cert.value, key: key.value }, nowMs);
	if (problem === undefined) return;
	yield config.finding(problem.of === "cert" ? cert : key, {
		id: `coturn-${problem.id}`,
		confidence: problem.isAboutFile ? "likely" : "proven",
		title: problem.title,
		cause:
			problem.id === "certificate-expired"
				? "Clients refuse TURN over TLS."
				: "coturn goes on without TLS: turns: is never answered.",
		fix: problem.fix,
	});
};
