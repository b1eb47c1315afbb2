/** The part of `@evan/opus` that is used: its own declarations are not found through its export map. */
declare module "@evan/opus" {
	export class Encoder {
		constructor(options: {
			channels: 1 | 2;
			sample_rate: 48_000;
			application: "voip" | "audio" | "restricted_lowdelay";
		});
		/** @param pcm one frame of interleaved 16-bit samples */
		encode(pcm: Int16Array): Uint8Array;
		/** Back to a fresh state; settings stay. */
		reset(): void;
		get dtx(): boolean;
		set dtx(on: boolean);
		get bitrate(): number;
		set bitrate(bitsPerSecond: number);
		get complexity(): number;
		set complexity(level: number);
		get inband_fec(): boolean;
		set inband_fec(on: boolean);
	}

	export class Decoder {
		constructor(options: { channels: 1 | 2; sample_rate: 48_000 });
		/** @returns interleaved 16-bit samples in the byte order of the machine */
		decode(packet: Uint8Array): Uint8Array;
	}
}
