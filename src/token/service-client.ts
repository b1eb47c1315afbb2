// A module of our own between: imported by name only when needed, a CommonJS package has no named exports in the build.
export { Agent, fetch } from "undici";
