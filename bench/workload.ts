/** One kind of work, as every tester is given it. */
export interface Workload {
	/** The word the user types. */
	readonly name: string;
	/** One line for people. */
	readonly title: string;
	readonly rooms: number;
	/** In each room. */
	readonly publishers: number;
	readonly subscribers: number;
	/** Publish and listen. */
	readonly both: number;
	/** All rooms together. */
	readonly joinsPerSecond: number;
}

/** LiveKit's tester starts 10 participants a second and process at most, so that is the pace of both. */
const joinsPerSecondOfARoom = 10;

export const workloads = {
	"5x60": {
		name: "5x60",
		title: "5 publishers × 60 subscribers in one room",
		...{ rooms: 1, publishers: 5, subscribers: 60, both: 0 },
		joinsPerSecond: joinsPerSecondOfARoom,
	},
	"10x10": {
		name: "10x10",
		title: "10 rooms of 10 who all publish and listen",
		...{ rooms: 10, publishers: 0, subscribers: 0, both: 10 },
		joinsPerSecond: 10 * joinsPerSecondOfARoom,
	},
} as const satisfies Record<string, Workload>;

/** Participants in a room of the work for the growth curve. */
export const growthRoom = { publishers: 2, subscribers: 8 } as const;
export const growthRoomSize = growthRoom.publishers + growthRoom.subscribers;

/** Rooms of 10 in which 2 speak and 8 listen: people and streams grow in proportion. */
export function growthWorkload(participants: number, joinsPerSecond: number): Workload {
	const rooms = participants / growthRoomSize;
	return {
		name: `growth-${participants}`,
		title: `${participants} participants in rooms of ${growthRoomSize}, 2 publish and 8 listen`,
		...{ rooms, ...growthRoom, both: 0, joinsPerSecond },
	};
}

export function participantsOf({ rooms, publishers, subscribers, both }: Workload): number {
	return rooms * (publishers + subscribers + both);
}

/** Streams delivered: each listener hears everybody else in its room. */
export function streamsOf({ rooms, publishers, subscribers, both }: Workload): number {
	return rooms * (subscribers * (publishers + both) + both * (publishers + both - 1));
}

/** How a tester is to do some work. */
export interface Order {
	readonly work: Workload;
	/** `burst`: everybody at once. */
	readonly arrival: "paced" | "burst";
	/** How long they stay after the last was due to join. */
	readonly holdMs: number;
}

/** From the first join to the time at which the last is due. */
export function rampMsOf({ work, arrival }: Pick<Order, "work" | "arrival">): number {
	return arrival === "burst" ? 0 : Math.round((participantsOf(work) / work.joinsPerSecond) * 1000);
}

/** The scenario that livesoak runs for an order. */
export function scenarioText(order: Order): string {
	const { work, holdMs } = order;
	const { rooms, publishers, subscribers, both } = work;
	return `name: bench-${work.name}
rooms: ${rooms}
participants: { publishers: ${publishers}, subscribers: ${subscribers}, both: ${both} }
engine: lite
audio: { source: speech, dtx: false }
load:
  - { ramp: ${rampMsOf(order)}ms, to: 100% }
  - { hold: ${holdMs}ms }
`;
}
