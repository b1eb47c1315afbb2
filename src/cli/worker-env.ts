/** What a worker may know of the environment: where things are, and no secret. */
export function workerEnv(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
	const names = ["PATH", "HOME", "TMPDIR", "LANG", "NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE"];
	return Object.fromEntries(names.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
}
