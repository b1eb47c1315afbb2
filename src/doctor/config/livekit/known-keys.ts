import type { KeyType } from "./key-type.js";
import { rtcKeys } from "./rtc-keys.js";

/** The version whose keys these are. */
export const knownKeysVersion = "1.13.5";

/**
 * Every key of livekit.yaml, from the Go structs of pkg/config/config.go with those that they embed. The tuning of
 * the congestion control and of the stream tracker is `any`: nobody's audio fails for it.
 */
export const knownKeys: KeyType = {
	keys: {
		port: "uint",
		bind_addresses: { list: "string" },
		prometheus_port: "uint",
		prometheus: { keys: { port: "uint", username: "string", password: "string" } },
		debug_handler: { keys: { port: "uint" } },
		rtc: rtcKeys,
		redis: {
			keys: {
				address: "string",
				username: "string",
				password: "string",
				db: "int",
				use_tls: "bool",
				tls: {
					keys: {
						enabled: "bool",
						insecure: "bool",
						server_name: "string",
						ca_cert_file: "string",
						client_cert_file: "string",
						client_key_file: "string",
					},
				},
				sentinel_master_name: "string",
				sentinel_username: "string",
				sentinel_password: "string",
				sentinel_addresses: { list: "string" },
				cluster_addresses: { list: "string" },
				dial_timeout: "int",
				read_timeout: "int",
				write_timeout: "int",
				max_redirects: "int",
				pool_timeout: "duration",
				pool_size: "int",
			},
		},
		audio: {
			keys: {
				active_level: "uint",
				min_percentile: "uint",
				update_interval: "uint",
				smooth_intervals: "uint",
				active_red_encoding: "bool",
				enable_loss_proxying: "bool",
			},
		},
		video: {
			keys: {
				dynacast_pause_delay: "duration",
				stream_tracker_manager: "any",
				codec_regression_threshold: "int",
			},
		},
		room: {
			keys: {
				auto_create: "bool",
				enabled_codecs: { list: { keys: { mime: "string", fmtp_line: "string" } } },
				max_participants: "uint",
				empty_timeout: "uint",
				departure_timeout: "uint",
				enable_remote_unmute: "bool",
				playout_delay: { keys: { enabled: "bool", min: "int", max: "int" } },
				sync_streams: "bool",
				create_room_timeout: "duration",
				create_room_attempts: "int",
				update_batch_target_size: "int",
				max_metadata_size: "uint",
				max_room_name_length: "int",
				max_participant_identity_length: "int",
				room_configurations: { map: "any" },
			},
		},
		turn: {
			keys: {
				enabled: "bool",
				domain: "string",
				cert_file: "string",
				key_file: "string",
				tls_port: "int",
				udp_port: "int",
				relay_range_start: "uint",
				relay_range_end: "uint",
				external_tls: "bool",
				bind_addresses: { list: "string" },
				ttl_seconds: "int",
				allow_restricted_peer_cidrs: { list: "string" },
				deny_peer_cidrs: { list: "string" },
			},
		},
		ingress: { keys: { rtmp_base_url: "string", whip_base_url: "string" } },
		sip: { keys: {} },
		webhook: {
			keys: {
				urls: { list: "string" },
				api_key: "string",
				url_notifier: { keys: { num_workers: "int", queue_size: "int" } },
				resource_url_notifier: { keys: { max_age: "duration", max_depth: "int" } },
				filter_params: {
					keys: { include_events: { list: "string" }, exclude_events: { list: "string" } },
				},
			},
		},
		node_selector: {
			keys: {
				kind: "string",
				sort_by: "string",
				algorithm: "string",
				cpu_load_limit: "float",
				sysload_limit: "float",
				regions: { list: { keys: { name: "string", lat: "float", lon: "float" } } },
			},
		},
		key_file: "string",
		keys: { map: "string" },
		region: "string",
		signal_relay: {
			keys: {
				retry_timeout: "duration",
				min_retry_interval: "duration",
				max_retry_interval: "duration",
				stream_buffer_size: "int",
				connect_attempts: "int",
			},
		},
		psrpc: {
			keys: { max_attempts: "int", timeout: "duration", backoff: "duration", buffer_size: "int" },
		},
		log_level: "string",
		logging: {
			keys: {
				json: "bool",
				level: "string",
				sample: "bool",
				component_levels: { map: "string" },
				sample_initial: "int",
				sample_interval: "int",
				item_sample_seconds: "int",
				item_sample_initial: "int",
				item_sample_interval: "int",
				pion_level: "string",
			},
		},
		limit: {
			keys: {
				num_tracks: "int",
				bytes_per_sec: "float",
				subscription_limit_video: "int",
				subscription_limit_audio: "int",
				max_metadata_size: "uint",
				max_attributes_size: "uint",
				max_room_name_length: "int",
				max_participant_identity_length: "int",
				max_participant_name_length: "int",
				max_data_blob_key_length: "int",
				max_data_blobs_size: "uint",
				max_data_track_custom_encoding_length: "int",
			},
		},
		agents: {
			keys: {
				enable_user_data_recording: "bool",
				enable_user_data_redaction: "bool",
				target_load: "float",
			},
		},
		development: "bool",
		metric: {
			keys: {
				timestamper_config: {
					keys: {
						one_way_delay_estimator_min_interval: "duration",
						one_way_delay_estimator_max_batch: "int",
					},
				},
				collector: { keys: { sampling_interval_ms: "uint", batch_interval_ms: "uint" } },
				reporter: { keys: { reporting_interval_ms: "uint" } },
			},
		},
		trace: { keys: { jaeger_url: "string" } },
		node_stats: {
			keys: {
				stats_update_interval: "duration",
				stats_rate_measurement_intervals: { list: "duration" },
				stats_max_delay: "duration",
			},
		},
		enable_data_tracks: "bool",
		enable_participant_data_blob: "bool",
		api: {
			keys: {
				execution_timeout: "duration",
				check_interval: "duration",
				max_check_interval: "duration",
				enable_psrpc_for_get_list_participants: "bool",
			},
		},
	},
};
