/** The two judgements of a finding that go together, in the words of finding.ts. */
export const provenFault = { severity: "fault", confidence: "proven" } as const;
export const likelyFault = { severity: "fault", confidence: "likely" } as const;
export const possibleFault = { severity: "fault", confidence: "possible" } as const;
export const provenWarning = { severity: "warning", confidence: "proven" } as const;
export const likelyWarning = { severity: "warning", confidence: "likely" } as const;
export const possibleWarning = { severity: "warning", confidence: "possible" } as const;
