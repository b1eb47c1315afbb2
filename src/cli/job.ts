import type { ExitCode } from "../error/exit-codes.js";

/** What a command does once its flags are read. */
export type Job = () => Promise<ExitCode>;

/** To be called by a command's handler, as the last thing it does. */
export type Choose = (job: Job) => void;
