/** Resident memory of the processes of a run, in bytes; what cannot be read is absent. */
export interface MemoryReading {
	/** The tester's parent process; its workers tell of theirs themselves. */
	readonly testerBytes?: number;
	readonly serverBytes?: number;
	/** Another one after a restart: what it holds then is a new story. */
	readonly serverLife?: number;
	readonly turnBytes?: number;
	readonly turnLife?: number;
}
