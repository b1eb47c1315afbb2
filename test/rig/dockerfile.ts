import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { basename, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** One stage of a Dockerfile, in the order of its instructions. */
export interface Stage {
	readonly name: string;
	readonly from: string;
	readonly steps: readonly { readonly instruction: string; readonly words: readonly string[] }[];
}

/** The stages of docker/Dockerfile; a stage without a name is called by its number. */
export function readStages(): Stage[] {
	const stages: { name: string; from: string; steps: Stage["steps"][number][] }[] = [];
	for (const line of readFileSync(join(root, "docker/Dockerfile"), "utf8").split("\n")) {
		const [instruction = "", ...words] = line.trim().split(/\s+/);
		if (instruction === "" || instruction.startsWith("#")) continue;
		const [from = "", , name = String(stages.length)] = words;
		if (instruction === "FROM") stages.push({ name, from, steps: [] });
		else stages.at(-1)?.steps.push({ instruction, words });
	}
	return stages;
}

/**
 * Does what a stage and those before it do, each in a folder of its own below `folder`: copies from the build
 * context as .dockerignore leaves it, and commands by `run`, in the working directory.
 * @returns the folder that stands for the root of the last stage's file system
 */
export function replay(
	stages: readonly Stage[],
	folder: string,
	run: (command: string, workingFolder: string) => void,
): string {
	const names = new Set(stages.map(({ name }) => name));
	const rootOf = (name: string) => join(folder, name);
	for (const { name, from, steps } of stages) {
		mkdirSync(rootOf(name), { recursive: true });
		let working = "/";
		for (const before of stages)
			if (before.name === from)
				working =
					before.steps.find(({ instruction }) => instruction === "WORKDIR")?.words[0] ?? "/";
		for (const { instruction, words } of steps) {
			if (instruction === "WORKDIR") working = words[0] ?? "/";
			const here = join(rootOf(name), working);
			mkdirSync(here, { recursive: true });
			if (instruction === "RUN") run(words.join(" "), here);
			if (instruction !== "COPY") continue;
			const stage = /^--from=(.*)$/.exec(words[0] ?? "")?.[1];
			if (stage !== undefined && !names.has(stage)) throw new Error(`no stage ${stage}`);
			const paths = stage === undefined ? words : words.slice(1);
			const source = stage === undefined ? root : rootOf(stage);
			copy(source, paths.slice(0, -1), here, paths.at(-1) ?? ".", stage === undefined);
		}
	}
	return rootOf(stages.at(-1)?.name ?? "");
}

function copy(
	source: string,
	paths: readonly string[],
	here: string,
	target: string,
	isContext: boolean,
): void {
	for (const path of paths) {
		const from = join(source, path);
		if (isContext && !isInContext(path)) throw new Error(`.dockerignore leaves out ${path}`);
		if (!existsSync(from)) throw new Error(`COPY ${path}: there is no ${from}`);
		const into = /\/$|^\.$/.test(target) ? join(target, basename(path)) : target;
		mkdirSync(resolve(here, into, ".."), { recursive: true });
		// Stages are on one file system, the checkout may be on another.
		execFileSync("cp", [isContext ? "-a" : "-al", from, resolve(here, into)]);
	}
}

/** .dockerignore names what is let in: everything else is left out by its first line. */
function isInContext(path: string): boolean {
	const lines = readFileSync(join(root, ".dockerignore"), "utf8").split("\n");
	const allowed = lines.filter((line) => line.startsWith("!")).map((line) => line.slice(1));
	return allowed.some((one) => !relative(one, path).startsWith(".."));
}

/**
 * `npm ci` from the packages of this checkout, at the versions of package-lock.json: those that the lock file says
 * such an installation has.
 */
export function installFromCheckout(command: string, here: string): void {
	const lock = JSON.parse(readFileSync(join(here, "package-lock.json"), "utf8"));
	const withoutDev = command.includes("--omit=dev");
	if (!withoutDev) {
		symlinkSync(join(root, "node_modules"), join(here, "node_modules"));
		return;
	}
	const paths = Object.entries(lock.packages as Record<string, { dev?: boolean }>)
		.filter(([, { dev }]) => !dev)
		.map(([path]) => path)
		// Packages inside of others come with them; those for other systems are in the lock file alone.
		.filter((path) => path.lastIndexOf("node_modules/") === 0 && existsSync(join(root, path)));
	execFileSync("cp", ["-a", "--parents", ...paths, here], { cwd: root });
}
