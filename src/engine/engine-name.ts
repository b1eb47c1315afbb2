/** The engines a scenario can name. */
export const engineNames = ["native"] as const;

export type EngineName = (typeof engineNames)[number];
