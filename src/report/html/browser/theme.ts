/** Colours of the style sheet, so that the canvas follows light, dark and print as the page does. */
export function color(name: string): string {
	return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

export function onThemeChange(listener: () => void): void {
	for (const query of ["(prefers-color-scheme: dark)", "print"]) {
		matchMedia(query).addEventListener("change", listener);
	}
	addEventListener("beforeprint", listener);
	addEventListener("afterprint", listener);
}
