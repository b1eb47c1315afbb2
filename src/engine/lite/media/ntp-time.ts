/** Seconds from the NTP era (1900) to the Unix epoch (RFC 5905 6). */
const unixEpochS = 2_208_988_800;
const fractions = 2 ** 32;

/** An NTP timestamp as RTCP has it: two unsigned 32-bit words. */
export interface NtpTime {
	readonly seconds: number;
	/** In units of 2^-32 s. */
	readonly fraction: number;
}

/** @param epochMs milliseconds since the Unix epoch */
export function toNtp(epochMs: number): NtpTime {
	const seconds = Math.floor(epochMs / 1000);
	const fraction = Math.floor(((epochMs - seconds * 1000) / 1000) * fractions);
	return { seconds: (seconds + unixEpochS) >>> 0, fraction };
}

/** The middle 32 bits (RFC 3550 4): units of 1/65536 s, going round every 18 hours. */
export function compactNtp({ seconds, fraction }: NtpTime): number {
	return (((seconds & 0xffff) << 16) | (fraction >>> 16)) >>> 0;
}

/**
 * Round-trip time from a report block (RFC 3550 6.4.1): A − LSR − DLSR.
 * @param report LSR and DLSR as they stand in the block
 * @param nowMs when the report came, on the clock of the sender report it answers
 * @returns milliseconds; undefined where the block answers no sender report, or where the clocks contradict
 */
export function roundTripMs(
	report: { readonly lastSr: number; readonly delaySinceLastSr: number },
	nowMs: number,
): number | undefined {
	if (report.lastSr === 0) return undefined;
	// As signed 32 bits: right across the wrap, and a hair below zero is rounding.
	const units = (compactNtp(toNtp(nowMs)) - report.lastSr - report.delaySinceLastSr) | 0;
	const ms = (units / 65_536) * 1000;
	return ms < -1 ? undefined : Math.max(0, ms);
}
