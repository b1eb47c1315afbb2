import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

/** PEM files of one certificate. */
export interface TestCertificate {
	readonly certFile: string;
	readonly keyFile: string;
}

/** A private CA and what a TLS test needs: a good certificate and three that are wrong in one way each. */
export interface TestCa {
	readonly caFile: string;
	/** For 127.0.0.1, ::1 and localhost, signed by the CA, valid for two days. */
	readonly server: TestCertificate;
	/** As `server`, but it ran out in 2020. */
	readonly expired: TestCertificate;
	/** Signed by the CA, but for other.example. */
	readonly wrongName: TestCertificate;
	/** A CA that signed none of these. */
	readonly otherCaFile: string;
	remove(): Promise<void>;
}

const localNames = "DNS:localhost,IP:127.0.0.1,IP:::1";

/** Makes everything with openssl (1.1.1 or later) in a temporary folder; takes about 0.2 s. */
export async function makeTestCa(): Promise<TestCa> {
	const folder = await mkdtemp(join(tmpdir(), "livesoak-test-ca-"));
	const openssl = async (...args: string[]) => {
		await promisify(execFile)("openssl", args, { cwd: folder, timeout: 30_000 });
	};
	const caFile = await authority(folder, openssl, "ca");
	const otherCaFile = await authority(folder, openssl, "other-ca");
	const certificate = (name: string, altNames: string, start: Date, end: Date) =>
		issue(folder, openssl, { name, altNames, start, end });
	const start = new Date(Date.now() - 86_400_000);
	const end = new Date(Date.now() + 86_400_000);
	return {
		caFile,
		otherCaFile,
		server: await certificate("server", localNames, start, end),
		expired: await certificate(
			"expired",
			localNames,
			new Date("2019-01-01T00:00:00Z"),
			new Date("2020-01-01T00:00:00Z"),
		),
		wrongName: await certificate("wrong-name", "DNS:other.example", start, end),
		remove: () => rm(folder, { recursive: true, force: true }),
	};
}

type OpenSsl = (...args: string[]) => Promise<void>;

const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];

async function authority(folder: string, openssl: OpenSsl, name: string): Promise<string> {
	await openssl(
		...["req", "-x509", ...key, "-days", "2", "-subj", `/CN=livesoak test ${name}`],
		...["-keyout", `${name}.key`, "-out", `${name}.pem`],
	);
	return join(folder, `${name}.pem`);
}

interface Wanted {
	readonly name: string;
	readonly altNames: string;
	readonly start: Date;
	readonly end: Date;
}

/** By `openssl ca`, the one command that takes both dates in every version. */
async function issue(
	folder: string,
	openssl: OpenSsl,
	{ name, altNames, start, end }: Wanted,
): Promise<TestCertificate> {
	await writeFile(join(folder, `${name}.index`), "");
	await writeFile(
		join(folder, `${name}.cnf`),
		[
			"[ca]",
			"default_ca = test",
			"[test]",
			`database = ${name}.index`,
			"new_certs_dir = .",
			"rand_serial = yes",
			"default_md = sha256",
			"policy = any",
			"x509_extensions = ext",
			"[any]",
			"commonName = supplied",
			"[ext]",
			`subjectAltName = ${altNames}`,
			"",
		].join("\n"),
	);
	await openssl(
		...["req", "-new", ...key, "-subj", `/CN=${name}`],
		...["-keyout", `${name}.key`, "-out", `${name}.csr`],
	);
	await openssl(
		...["ca", "-batch", "-notext", "-config", `${name}.cnf`, "-cert", "ca.pem"],
		...["-keyfile", "ca.key", "-startdate", asn1Time(start), "-enddate", asn1Time(end)],
		...["-in", `${name}.csr`, "-out", `${name}.pem`],
	);
	return { certFile: join(folder, `${name}.pem`), keyFile: join(folder, `${name}.key`) };
}

/** 20261122135000Z, the GeneralizedTime that openssl takes. */
function asn1Time(date: Date): string {
	return `${date.toISOString().replace(/\D/g, "").slice(0, 14)}Z`;
}
