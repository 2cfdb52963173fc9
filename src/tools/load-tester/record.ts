import type { Exemplar, LoadTick, StopReason } from '../../core/load/measure.ts';

/** What one run measured, whole: what verdicts, reports, baselines and comparisons are made of. Plain data; goes through JSON unharmed. */
export interface LoadRecord {
  version: 1;
  plan: PlanSummary;
  startedAtMs: number;
  endedAtMs: number;
  stopReason: StopReason;
  stopDetail: string | null;
  workers: number;
  /** One a second, in order; one in ten seconds after the first hour. */
  slices: readonly LoadSlice[];
  /** All slices and what was drained after the end. */
  total: LoadSlice;
  exemplars: readonly Exemplar[];
  silences: readonly Silence[];
  beside: BesideRecord;
  host: HostFingerprint;
}

/** Whole ticks in which no request of any endpoint ended, while several were in flight at its beginning and at its end, and we ourselves were in time. */
export interface Silence {
  /** Milliseconds since the start of the run. */
  fromMs: number;
  toMs: number;
  /** At its end. */
  inFlight: number;
}

/** Ticks of a span merged: counts and histograms are sums, states (connections, users, in flight, queued) are those at its end, `busy` is its mean. */
export type LoadSlice = LoadTick;

export interface PlanSummary {
  name: string;
  /** Equal for the same scenarios, values, model, limits and seed, wherever they go: origins are not in it. */
  hash: string;
  seed: number;
  /** For people: `partly open, 20 sessions/s for 60 s`. */
  model: string;
  open: boolean;
  origins: readonly string[];
  /** Requests a second that the plan asks for at its height, where an open model says so. */
  targetRequestRate: number | null;
  durationMs: number;
}

/** Comparisons over hosts that differ are said to be weaker. */
export interface HostFingerprint {
  platform: string;
  cores: number;
  node: string;
}

/** What was seen on the side of the server meanwhile; each part is null where nothing could be seen. */
export interface BesideRecord {
  process: ProcessSeries | null;
  /** Values of chosen series of a scraped metrics URL, one a second. */
  scraped: readonly { name: string; points: readonly (readonly [atMs: number, value: number])[] }[] | null;
  /** Of the machine that the load comes from; null where it does not say. Loopback targets share it. */
  machine:
    | readonly {
        atMs: number;
        /** Share of all its processors that nobody used since the sample before. */ idle: number;
      }[]
    | null;
  /** From the store: deploys, migrations, findings of other tools, in the time of the run. */
  events: readonly { atMs: number; label: string; detail: string }[];
}

export interface ProcessSeries {
  pid: number;
  /** How it was found: `listens on port 3000`. */
  how: string;
  /** Each part is null where it could not be read. */
  samples: readonly ProcessSample[];
}

export interface ProcessSample {
  atMs: number;
  /** Share of one core since the sample before. */
  processor: number | null;
  /** Share of that time in which it was ready to run and got no core (Linux: `/proc/<pid>/schedstat`). */
  waiting: number | null;
  residentBytes: number | null;
}
