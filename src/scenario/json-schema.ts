import * as z from "zod";

/** The JSON Schema (draft 7, as YAML editors read it) of what a zod schema accepts, as file text. */
export function jsonSchemaText(schema: z.ZodType): string {
	const jsonSchema = z.toJSONSchema(schema, { io: "input", target: "draft-7" });
	return `${JSON.stringify(jsonSchema, null, "\t")}\n`;
}
