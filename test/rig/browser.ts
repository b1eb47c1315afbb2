import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll } from "vitest";
import { findOnPath } from "../../src/backend/find-on-path.js";

export interface OpenPage {
	readonly page: Page;
	/** What the page complained of: console errors and warnings, exceptions, requests to anything but its own file. */
	readonly complaints: readonly string[];
}

/** Opens an HTML text from a file, as a user would, once its script is done. */
export type OpenHtml = (html: string, options?: BrowserContextOptions) => Promise<OpenPage>;

/** Chromium for the tests of this file or group; put it into a group made by `requirePart("chromium")`. */
export function withBrowser(): OpenHtml {
	let open: OpenHtml | undefined;
	let close = async () => {};
	const pages: Page[] = [];
	beforeAll(async () => {
		const folder = await mkdtemp(join(tmpdir(), "livesoak-test-browser-"));
		const browser = await chromium.launch({
			executablePath: (await findOnPath("chromium", process.env)) ?? "chromium",
			// Chromium's sandbox refuses root.
			args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
		});
		close = async () => {
			await browser.close();
			await rm(folder, { recursive: true, force: true });
		};
		let files = 0;
		open = async (html, options = {}) => {
			const file = join(folder, `${++files}.html`);
			await writeFile(file, html);
			const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, ...options });
			pages.push(page);
			const complaints: string[] = [];
			page.on("console", (message) => {
				if (message.type() !== "log") complaints.push(`${message.type()}: ${message.text()}`);
			});
			page.on("pageerror", (error) => complaints.push(`exception: ${error.message}`));
			page.on("request", (request) => {
				const url = request.url();
				if (url !== pathToFileURL(file).href && !url.startsWith("data:")) {
					complaints.push(`request: ${url}`);
				}
			});
			await page.goto(pathToFileURL(file).href);
			await page.locator("html[data-ready]").waitFor();
			return { page, complaints };
		};
	});
	afterEach(async () => {
		await Promise.all(pages.splice(0).map((page) => page.close()));
	});
	afterAll(() => close());
	return (html, options) => {
		if (open === undefined) throw new Error("withBrowser() is there only while tests run");
		return open(html, options);
	};
}
