/** The engines a scenario can name. */
export const engineNames = ["native", "lite"] as const;

export type EngineName = (typeof engineNames)[number];
