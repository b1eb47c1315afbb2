import { platform } from "node:os";
import { findOnPath } from "../../backend/find-on-path.js";
import { UserError } from "../../error/user-error.js";

/** Paths of the programs that make and spoil a network. */
export interface Programs {
	readonly ip: string;
	readonly tc: string;
	readonly nft: string;
}

/** Where they are on systems that leave these folders out of an ordinary user's PATH. */
const alsoIn = "/usr/sbin:/sbin";

/** @throws UserError naming what is missing, and how to get it */
export async function findPrograms(env: NodeJS.ProcessEnv): Promise<Programs> {
	if (platform() !== "linux")
		throw new UserError({
			message: "Faults of the network need Linux: network namespaces.",
			hint: "Take them out of the scenario, or run it on Linux.",
			exitCode: 1,
		});
	const within = { PATH: `${env.PATH ?? ""}:${alsoIn}` };
	const find = async (name: string, from: string) => {
		const path = await findOnPath(name, within);
		if (path !== undefined) return path;
		throw new UserError({
			message: `Faults of the network need the program ${name}, which is not on the PATH.`,
			hint: `apt-get install ${from}`,
			exitCode: 1,
		});
	};
	return {
		ip: await find("ip", "iproute2"),
		tc: await find("tc", "iproute2"),
		nft: await find("nft", "nftables"),
	};
}
