/** Takes one finished line for people: what is being tried, and why the way before did not work. */
export type OnProgress = (line: string) => void;
