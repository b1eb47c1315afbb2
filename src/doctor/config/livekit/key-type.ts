/** How livekit-server reads a value (gopkg.in/yaml.v3 into its Go types). */
export type KeyType =
	| "any"
	| "bool"
	| "int"
	| "uint"
	| "float"
	| "string"
	| "duration"
	/** `7882` or `"7882-7892"` */
	| "ports"
	/** An IPv4 address, an IPv6 address, or both with a comma. */
	| "nodeIp"
	| { readonly list: KeyType }
	| { readonly map: KeyType }
	| { readonly keys: { readonly [name: string]: KeyType } };
