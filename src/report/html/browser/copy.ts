/** Buttons that copy a command. Without a clipboard (a page from plain HTTP) they select it instead. */
export function offerCopies(): void {
	for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-copy]")) {
		const command = document.getElementById(button.dataset.copy ?? "");
		if (!command) continue;
		button.hidden = false;
		button.addEventListener("click", async () => {
			const status = button.nextElementSibling;
			const say = (text: string) => {
				if (status) status.textContent = text;
			};
			try {
				await navigator.clipboard.writeText(command.textContent ?? "");
				say("Copied.");
			} catch {
				getSelection()?.selectAllChildren(command);
				say("Selected: copy it with your keyboard.");
			}
		});
	}
}
