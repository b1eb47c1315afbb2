import { type Document, isCollection, isMap, isScalar, parseDocument } from "yaml";
import type { Path } from "./livekit-config.js";

/** One change of a livekit.yaml. */
export type YamlEdit =
	| {
			readonly do: "set";
			readonly path: Path;
			readonly value: string | number | boolean | readonly string[];
	  }
	| { readonly do: "remove"; readonly path: Path }
	| { readonly do: "rename"; readonly path: Path; readonly name: string };

/**
 * The text with the changes made; comments and the order of keys stay. Without changes it is the text itself, to the
 * last blank.
 * @param text valid YAML
 */
export function editedYaml(text: string, edits: readonly YamlEdit[]): string {
	if (edits.length === 0) return text;
	const document = parseDocument(text, { merge: true, uniqueKeys: false });
	for (const edit of edits) apply(document, edit);
	return document.toString({ lineWidth: 0 });
}

function apply(document: Document, edit: YamlEdit): void {
	switch (edit.do) {
		case "set": {
			const node = document.getIn(edit.path, true);
			// In place, so that a comment behind the value stays.
			if (isScalar(node) && typeof edit.value !== "object") {
				node.value = edit.value;
				if (typeof edit.value !== "string") delete node.type;
			} else document.setIn(edit.path, document.createNode(edit.value));
			return;
		}
		case "remove":
			document.deleteIn(edit.path);
			return;
		case "rename": {
			const parent =
				edit.path.length === 1 ? document.contents : document.getIn(edit.path.slice(0, -1), true);
			if (!isCollection(parent) || !isMap(parent)) return;
			const pair = parent.items.find(({ key }) => isScalar(key) && key.value === edit.path.at(-1));
			if (isScalar(pair?.key)) pair.key.value = edit.name;
			return;
		}
	}
}
