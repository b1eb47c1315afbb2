// `npm run build`: tsc checks the types and makes a module of each source, for scripts and tests that want one of
// them; then each program is put into one file, and what it loads only at times into dist/chunks. Node takes half
// a second to load the hundreds of modules of ours and of our packages.
import { spawnSync } from "node:child_process";
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const chunks = join(root, "dist", "chunks");
/** A run that began with an older build may still load its chunks. */
const keepMs = 24 * 3_600_000;

// npm puts tsc on the PATH. As it does itself, what follows makes what it can of sources whose types are wrong.
const { status } = spawnSync("tsc", ["-p", "tsconfig.build.json"], { cwd: root, stdio: "inherit" });
process.exitCode = status ?? 1;

const { outputFiles } = await build({
	absWorkingDir: root,
	entryPoints: ["src/cli/main.ts", "src/pool/worker-entry.ts", "src/backend/guardian.ts"],
	outbase: "src",
	outdir: "dist",
	// At the depth of every other folder of dist: `../pool/worker-entry.js` is the same file from all of them.
	chunkNames: "chunks/[name]-[hash]",
	bundle: true,
	splitting: true,
	format: "esm",
	platform: "node",
	target: "node20",
	// Native code and WASM that lie beside their packages stay there.
	external: [
		"@alexanderolsen/libsamplerate-js",
		"@evan/opus",
		"@livekit/rtc-node",
		"koffi",
		"node-datachannel",
	],
	// CommonJS packages ask for Node's own modules by `require`.
	banner: {
		js: 'import { createRequire as requireFrom } from "node:module"; const require = requireFrom(import.meta.url);',
	},
	minifyWhitespace: true,
	sourcemap: true,
	sourcesContent: false,
	write: false,
	logLevel: "warning",
});

// The script and the style sheet that each report.html carries in itself, uPlot with its licence among them.
const licence = (await readFile(join(root, "node_modules/uplot/LICENSE"), "utf8")).trim();
const page = await build({
	absWorkingDir: root,
	entryPoints: ["src/report/html/browser/page.ts", "src/report/html/browser/page.css"],
	outdir: "dist/report-page",
	bundle: true,
	format: "iife",
	platform: "browser",
	target: ["chrome110", "firefox115", "safari16"],
	banner: { js: `/*! uPlot: ${licence} */` },
	minify: true,
	charset: "utf8",
	write: false,
	logLevel: "warning",
});

await mkdir(chunks, { recursive: true });
await mkdir(join(root, "dist", "report-page"), { recursive: true });
for (const { path, contents } of [...outputFiles, ...page.outputFiles])
	await replace(path, contents);
for (const name of await readdir(chunks)) {
	const writtenAtMs = await stat(join(chunks, name)).then(
		({ mtimeMs }) => mtimeMs,
		() => Number.POSITIVE_INFINITY,
	);
	if (writtenAtMs < Date.now() - keepMs) await rm(join(chunks, name), { force: true });
}

/** Never half written: a run may start or load a chunk at this very moment. */
async function replace(path, contents) {
	const before = await readFile(path).catch(() => undefined);
	if (before?.equals(contents)) {
		const now = new Date();
		await utimes(path, now, now);
		return;
	}
	const unfinished = join(dirname(path), `.${basename(path)}.${process.pid}`);
	await writeFile(unfinished, contents, { mode: path.endsWith("main.js") ? 0o755 : 0o644 });
	await rename(unfinished, path);
}
