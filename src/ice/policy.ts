/** How a participant may reach the server. Forced means forced: the selected pair is checked. */
export const icePolicies = ["direct", "relay-udp", "relay-tcp", "relay-tls", "tcp"] as const;

export type IcePolicy = (typeof icePolicies)[number];
