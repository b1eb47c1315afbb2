// `npm run picture [-- SCENARIO FLAGS…]`: README's picture. A real run, its report as a terminal shows it (xterm.js in
// Chromium), as docs/picture.png.
import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { chromium } from "playwright-core";

const root = fileURLToPath(new URL("..", import.meta.url));
const picture = join(root, "docs", "picture.png");
const order =
	process.argv.length > 2
		? process.argv.slice(2)
		: ["scenarios/churn.yaml", "--duration", "40s", "--engine", "lite"];
const columns = 100;

const out = await mkdtemp(join(tmpdir(), "livesoak-picture-"));
try {
	const run = livesoak("run", ...order, "--out", out, "--no-html", "--quiet");
	process.stderr.write(run.stderr);
	const [folder] = await readdir(out);
	if (folder === undefined) throw new Error("The run left no result folder.");
	const report = livesoak("report", join(out, folder), "--no-html");
	if (report.status !== 0) throw new Error(report.stderr);
	await draw(report.stdout.replaceAll(`--out ${out} --no-html --quiet`, "").trimEnd());
	process.stderr.write(`${picture}\n`);
} finally {
	await rm(out, { recursive: true, force: true });
}

function livesoak(...args) {
	return spawnSync(process.execPath, [join(root, "dist", "cli", "main.js"), ...args], {
		cwd: root,
		encoding: "utf8",
		env: { ...process.env, FORCE_COLOR: "3" },
	});
}

async function draw(text) {
	// Long lines wrap, as they do on a screen.
	const rows = stripVTControlCharacters(text)
		.split("\n")
		.reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / columns)), 0);
	const xterm = createRequire(import.meta.url).resolve("@xterm/xterm");
	const browser = await chromium.launch({
		executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
		// Chromium refuses its sandbox to root.
		args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
	});
	try {
		const page = await browser.newPage({
			viewport: { width: 1000, height: 600 },
			deviceScaleFactor: 2,
		});
		await page.setContent(
			'<body style="margin:0"><div id="screen" style="display:inline-block;padding:16px;background:#161b22"></div>',
		);
		await page.addScriptTag({ path: xterm });
		await page.addStyleTag({ path: join(xterm, "../../css/xterm.css") });
		await page.evaluate(
			async ({ text, columns, rows }) => {
				const terminal = new globalThis.Terminal({
					...{ cols: columns, rows, scrollback: 0 },
					...{ fontFamily: "DejaVu Sans Mono, monospace", fontSize: 13 },
					theme: { background: "#161b22", foreground: "#d0d7de" },
				});
				terminal.open(globalThis.document.querySelector("#screen"));
				const hideCursor = "\u001b[?25l";
				const lines = text.split("\n").join("\r\n");
				await new Promise((resolve) => terminal.write(hideCursor + lines, resolve));
			},
			{ text, columns, rows },
		);
		await page.locator("#screen").screenshot({ path: picture });
	} finally {
		await browser.close();
	}
}
