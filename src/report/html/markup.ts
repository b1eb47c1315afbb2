import type { html } from "hono/html";

/** Escaped HTML. Only `html` makes it: every other string that goes into a template is escaped there. */
export type Markup = ReturnType<typeof html>;
