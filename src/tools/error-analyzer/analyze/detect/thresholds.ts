import { DAY_MS, HOUR_MS, MINUTE_MS } from '../minutes.ts';

/** What the detectors hold for enough, beside the tool's options: all in one place. */

export const MINUTES_A_DAY = 1_440;

/** Reading began less than this before an error: every error would be new ... */
export const MIN_PAST_MS = 60 * MINUTE_MS;
/** ... but for one so steady since that it can hardly have been absent by chance: for it a few minutes are enough. */
export const MIN_PAST_OF_STEADY_MS = 2 * MINUTE_MS;
export const CHANCE_OF_ABSENCE = 1e-6;
/** Has seen each hour of a day once, so that nightly work is no news. */
export const LIKELY_PAST_MS = 24 * HOUR_MS;
/** Has seen each hour of a week once. */
export const PROVEN_PAST_MS = 7 * DAY_MS;
/** Sightings that make a new error more than one odd line. */
export const LIKELY_SIGHTINGS = 2;
export const PROVEN_SIGHTINGS = 3;

/** What was under way when somebody pressed "resolved" is no regression. */
export const RESOLVE_GRACE_MS = 5 * MINUTE_MS;

/** Lengths at which sudden and at which lasting rises are looked for. */
export const SPIKE_MINUTES = [1, 2, 5, 15] as const;
export const RISE_MINUTES = [60, 180, 720] as const;
/** A rise that lasts is told from half of a spike's factor, but not from less than this. */
export const MIN_RISE_FACTOR = 1.5;
/** ... and from so many times the records of a spike. */
export const RISE_COUNT_FACTOR = 2;
/** Bursts of a group closer than this are one. */
export const BURST_GAP_MINUTES = 30;
/** The newest of a group; the others are one with them for whoever reads it. */
export const MAX_BURSTS = 5;

/** Same hours of so many days make a season of days, of so many weeks one of weeks. */
export const MIN_SEASON_DAYS = 3;
export const MIN_SEASON_WEEKS = 3;
export const SEASON_DAYS = 14;
export const SEASON_WEEKS = 5;
/** Without a season, so many stretches of the window have to show what is usual. */
export const MIN_BLOCKS = 8;

/** A group that is silent although more than this share of the others is, too: then it is the source that is silent. */
export const MAX_SILENT_SHARE = 0.5;
/** Silence shorter than this is never told. */
export const MIN_SILENCE_MINUTES = 30;

/** Chance that a step is none; below it, and with a whole week of past, it is proven. */
export const PROVEN_P = 1e-6;

/** Begins of what has one origin lie this close together. */
export const SAME_ONSET_MS = 2 * MINUTE_MS;
/** ... where a trace shows one failing after the other, or where a begin is only roughly known. */
export const LINKED_ONSET_MS = 15 * MINUTE_MS;
/** An incident that was silent for this long is another one when it comes back. */
export const SAME_INCIDENT_GAP_MS = 30 * MINUTE_MS;
