import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import getPort from "get-port";
import { expect, vi } from "vitest";
import { prometheus3 } from "./real-parts.js";

/** A real receiver of pushed metrics, behind a user name and a password. */
export interface PushedTo {
	readonly url: string;
	readonly username: string;
	readonly password: string;
	/** GET with the credentials. */
	get(path: string): Promise<Response>;
	stop(): Promise<void>;
}

/** Series by `name{label="value",…}`, labels in order of the alphabet, with all labels but those left out. */
export type SeriesValues = ReadonlyMap<string, number>;

export function startPushgateway(): Promise<PushedTo> {
	return start("prometheus-pushgateway", "gateway-password-91", (address, folder) => [
		`--web.listen-address=${address}`,
		`--web.config.file=${join(folder, "web.yml")}`,
		"--persistence.file=",
	]);
}

/** Prometheus 3 with its OTLP receiver, which scrapes the Pushgateway each second as its documentation says. */
export function startPrometheus(gateway: PushedTo): Promise<PushedTo> {
	const scrape = `scrape_configs:
  - job_name: pushgateway
    honor_labels: true
    scrape_interval: 1s
    basic_auth: { username: ${gateway.username}, password: ${gateway.password} }
    static_configs: [{ targets: ["${new URL(gateway.url).host}"] }]
`;
	return start(prometheus3(), "prometheus-password-91", async (address, folder) => {
		await writeFile(join(folder, "prometheus.yml"), scrape);
		return [
			`--config.file=${join(folder, "prometheus.yml")}`,
			`--storage.tsdb.path=${join(folder, "data")}`,
			`--web.listen-address=${address}`,
			`--web.config.file=${join(folder, "web.yml")}`,
			"--web.enable-otlp-receiver",
		];
	});
}

/** All series that an instant query answers. */
export async function query(
	prometheus: PushedTo,
	promql: string,
	leftOut: readonly string[] = [],
): Promise<SeriesValues> {
	const answer = await prometheus.get(`/api/v1/query?query=${encodeURIComponent(promql)}`);
	const { status, error, data } = (await answer.json()) as {
		readonly status: string;
		readonly error?: string;
		readonly data: {
			readonly result: readonly {
				readonly metric: Readonly<Record<string, string>>;
				readonly value: readonly [number, string];
			}[];
		};
	};
	expect(status, error).toBe("success");
	return new Map(
		data.result.map(({ metric: { __name__ = "", ...labels }, value }) => {
			const shown = Object.entries(labels)
				.filter(([name]) => !leftOut.includes(name))
				.sort()
				.map(([name, label]) => `${name}=${JSON.stringify(name === "le" ? bound(label) : label)}`);
			return [`${__name__}{${shown.join(",")}}`, Number(value[1])];
		}),
	);
}

/** Prometheus writes whole bounds as "1.0" when it scrapes them, and as "1" when they come by OTLP. */
function bound(le: string): string {
	return le === "+Inf" ? le : String(Number(le));
}

async function start(
	program: string,
	password: string,
	args: (address: string, folder: string) => string[] | Promise<string[]>,
): Promise<PushedTo> {
	const username = "livesoak-test";
	const folder = await mkdtemp(join(tmpdir(), "livesoak-pushed-to-"));
	await writeFile(
		join(folder, "web.yml"),
		`basic_auth_users: { ${username}: "${bcrypt(password)}" }\n`,
	);
	const address = `127.0.0.1:${await getPort({ host: "127.0.0.1" })}`;
	const child = spawn(program, await args(address, folder), { stdio: "ignore" });
	const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
	const url = `http://${address}`;
	const get = (path: string) => fetch(url + path, { headers: { authorization } });
	await vi.waitFor(async () => expect((await get("/-/ready")).status).toBe(200), {
		timeout: 30_000,
		interval: 100,
	});
	return {
		...{ url, username, password, get },
		async stop() {
			await ended(child);
			await rm(folder, { recursive: true, force: true });
		},
	};
}

async function ended(child: ChildProcess): Promise<void> {
	if (child.exitCode === null && child.kill("SIGTERM")) await once(child, "exit");
}

/** Perl has the C library's crypt(3), and is a part of every Debian. Cost 4: it is asked on every request. */
function bcrypt(password: string): string {
	const salt = "$2b$04$abcdefghijklmnopqrstuu";
	return execFileSync("perl", ["-e", "print crypt($ARGV[0], $ARGV[1])", password, salt], {
		encoding: "utf8",
	});
}
