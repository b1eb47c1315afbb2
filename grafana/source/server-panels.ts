import { lines, stacked, stat } from "./panel-kinds.js";
import { growth, ofRun, perSecond, quantile } from "./promql.js";

/** A selector of livekit-server's own series. */
export function livekit(metric: string, matchers = ""): string {
	return `${metric}{${['job="livekit"', matchers].filter((part) => part !== "").join(",")}}`;
}

/** What both sides count, in one picture. */
export function bothPanels() {
	const alive = `sum(${ofRun("livesoak_participants", 'state="alive"')})`;
	const packets = (direction: string) =>
		perSecond(livekit("livekit_packet_total", `direction="${direction}"`), "instance");
	const ours = (direction: string) =>
		perSecond(ofRun("livesoak_rtp_packets_total", `direction="${direction}"`), "run");
	return [
		lines({
			title: "How many are there, by either side?",
			description:
				"Participants and rooms of livekit-server, and participants that livesoak has alive. More on the server: others are there, or those who left are still counted.",
			unit: "short",
			min: 0,
			queries: [
				{ expr: `sum(${livekit("livekit_participant_total")})`, legend: "livekit-server" },
				{ expr: alive, legend: "livesoak" },
				{ expr: `sum(${livekit("livekit_room_total")})`, legend: "rooms" },
			],
			span: 8,
		}),
		lines({
			title: "Does the server get what is sent?",
			description:
				"RTP packets a second: sent by livesoak's participants, and incoming by livekit-server's account. The gap was lost on the way there.",
			unit: "pps",
			min: 0,
			queries: [
				{ expr: ours("sent"), legend: "sent, livesoak {{run}}" },
				{ expr: packets("incoming"), legend: "incoming, livekit-server {{instance}}" },
			],
			span: 8,
		}),
		lines({
			title: "Do people get what the server sends?",
			description:
				"RTP packets a second: outgoing by livekit-server's account, and received by livesoak's participants. The gap was lost on the way back.",
			unit: "pps",
			min: 0,
			queries: [
				{ expr: packets("outgoing"), legend: "outgoing, livekit-server {{instance}}" },
				{ expr: ours("received"), legend: "received, livesoak {{run}}" },
			],
			span: 8,
		}),
		lines({
			title: "How uneven do packets arrive at either side?",
			description:
				"p95 of jitter: of packets that come to livekit-server, and of those that come to livesoak.",
			unit: "s",
			min: 0,
			queries: [
				{
					expr: `${quantile(0.95, livekit("livekit_jitter_us_bucket", 'direction="incoming"'), "instance", "1m")} / 1e6`,
					legend: "at livekit-server {{instance}}",
				},
				{
					expr: quantile(0.95, ofRun("livesoak_rtp_jitter_seconds_bucket"), "run", "1m"),
					legend: "at livesoak {{run}}",
				},
			],
			span: 8,
		}),
		lines({
			title: "How good does the server think it is?",
			description:
				"Mean of livekit-server's own connection-quality scores (1 to 5) of the last minute, beside livesoak's estimated MOS (1 to 4.5).",
			unit: "short",
			decimals: 2,
			min: 1,
			max: 5,
			queries: [
				{
					expr: `${growth(livekit("livekit_quality_score_sum"), "instance", "1m")} / ${growth(livekit("livekit_quality_score_count"), "instance", "1m")}`,
					legend: "score, livekit-server {{instance}}",
				},
				{
					expr: `${growth(ofRun("livesoak_audio_mos_sum"), "run", "1m")} / ${growth(ofRun("livesoak_audio_mos_count"), "run", "1m")}`,
					legend: "MOS, livesoak {{run}}",
				},
			],
			span: 8,
		}),
		stat({
			title: "Which versions met?",
			description: "Versions of livesoak, its engines and livekit-server, as labels.",
			unit: "short",
			queries: [
				{
					expr: `max by (version, engine, engine_version, server_version) (${ofRun("livesoak_build_info")})`,
					legend:
						"livesoak {{version}}, {{engine}} {{engine_version}}, livekit-server {{server_version}}",
				},
			],
			span: 8,
			height: 8,
		}),
	];
}

/** Joins as livekit-server counts them. */
export function joinPanels() {
	return [
		lines({
			title: "How long does a session take to start, by either side?",
			description:
				"p95 of the last minute: livekit-server's time from the request to a connected session, and livesoak's to the end of DTLS, from the scheduled start.",
			unit: "s",
			min: 0,
			queries: [
				{
					expr: `${quantile(0.95, livekit("livekit_session_start_time_ms_bucket"), "instance", "1m")} / 1e3`,
					legend: "livekit-server {{instance}}",
				},
				{
					expr: quantile(
						0.95,
						ofRun("livesoak_connect_stage_seconds_bucket", 'stage="dtls"'),
						"run",
						"1m",
					),
					legend: "livesoak {{run}}",
				},
			],
			span: 8,
		}),
		stacked({
			title: "How far do joins come on the server?",
			description:
				"livekit-server's joins in each step of time, by the state reached: signal_connected, rtc_init, rtc_connected, rtc_active. A state that falls behind the one before it is where joins end.",
			unit: "short",
			queries: [
				{
					expr: growth(livekit("livekit_participant_join_total"), "instance, state", "$__interval"),
					legend: "{{state}}",
				},
			],
			span: 8,
		}),
		stacked({
			title: "Which requests does the server answer, and how?",
			description: "livekit-server's operations in each step of time, by type and status.",
			unit: "short",
			queries: [
				{
					expr: growth(
						livekit("livekit_node_service_operation"),
						"instance, type, status",
						"$__interval",
					),
					legend: "{{type}} {{status}}",
				},
			],
			span: 8,
		}),
	];
}
