import { createPrivateKey, X509Certificate } from "node:crypto";
import { basename } from "node:path";
import type { MachineFacts } from "./lint-facts.js";

export interface CertificateProblem {
	readonly id:
		| "certificate-absent"
		| "certificate-unreadable"
		| "certificate-expired"
		| "certificate-key-mismatch";
	/** Which of the two the finding points at. */
	readonly of: "cert" | "key";
	/** The file itself is in question: a server in a container may see another one. */
	readonly isAboutFile: boolean;
	readonly title: string;
	readonly fix: string;
}

/**
 * What is wrong with a certificate and its private key, both PEM; the first thing only. Files that this user may not
 * read, and paths that depend on where the server starts, are left alone: a private key should be closed to others.
 */
export function certificateProblem(
	machine: MachineFacts,
	files: { readonly cert: string; readonly key: string },
	nowMs: number,
): CertificateProblem | undefined {
	for (const of of ["cert", "key"] as const) {
		const path = files[of];
		const state = machine.file(path)?.state;
		if (state === "absent" || state === "directory")
			return {
				id: "certificate-absent",
				of,
				isAboutFile: true,
				title: `the ${names[of]} ${path} ${state === "absent" ? "does not exist" : "is a folder"}`,
				fix: `write the path of the ${names[of]} (PEM).`,
			};
	}
	const certificateText = machine.file(files.cert)?.text;
	const keyText = machine.file(files.key)?.text;
	const certificate =
		certificateText === undefined ? undefined : read(() => new X509Certificate(certificateText));
	if (certificate === "unreadable") return unreadable("cert", files.cert);
	if (certificate !== undefined && Date.parse(certificate.validTo) < nowMs)
		return {
			id: "certificate-expired",
			of: "cert",
			isAboutFile: false,
			title: `the certificate ${basename(files.cert)} ran out on ${certificate.validTo}`,
			fix: "renew it, and restart the server so that it reads the new one.",
		};
	// One with a passphrase tells nothing without it.
	if (keyText === undefined || /ENCRYPTED/.test(keyText)) return undefined;
	const key = read(() => createPrivateKey(keyText));
	if (key === "unreadable") return unreadable("key", files.key);
	if (certificate === undefined || certificate.checkPrivateKey(key)) return undefined;
	return {
		id: "certificate-key-mismatch",
		of: "key",
		isAboutFile: false,
		title: `the private key ${basename(files.key)} does not belong to the certificate ${basename(files.cert)}`,
		fix: "name the key that the certificate was issued for.",
	};
}

const names = { cert: "certificate", key: "private key" } as const;

function unreadable(of: "cert" | "key", path: string): CertificateProblem {
	return {
		id: "certificate-unreadable",
		of,
		isAboutFile: false,
		title: `${path} holds no ${names[of]} in PEM`,
		fix: `name the ${names[of]} in PEM ("-----BEGIN …").`,
	};
}

function read<T>(parse: () => T): T | "unreadable" {
	try {
		return parse();
	} catch {
		return "unreadable";
	}
}
