import type { GroupHistory, LogWindow } from '../model.ts';

export const DETECTIONS = ['new', 'regressed', 'spiking', 'escalating', 'disappeared'] as const;
export type DetectionKind = (typeof DETECTIONS)[number];

export interface DetectInput {
  window: LogWindow;
  /** Of every group ever seen, by id. */
  history: ReadonlyMap<string, GroupHistory>;
  /** Since when records have been read at all; null when the window is all there is. Without a past nothing is new. */
  historyFromMs: number | null;
  /** All records per hour (epoch ms / 3,600,000) before the window, of every level: more traffic explains more errors, and an hour without any was not read. Empty where not kept. */
  recordHours: readonly (readonly [hour: number, count: number])[];
  /** Releases in the order in which they were deployed, where known. */
  releases: readonly { name: string; atMs: number }[];
  thresholds: DetectThresholds;
}

/** All thresholds of the detectors; the tool's options. */
export interface DetectThresholds {
  /** Share of false discoveries among what is told (Benjamini-Hochberg). */
  falseDiscoveryRate: number;
  /** A spike is at least this many times what was expected. */
  spikeFactor: number;
  /** ... and at least so many records in its minutes. */
  spikeCount: number;
  /** A group of at least so many records a day that stops has disappeared. */
  disappearedCount: number;
}

export interface Detection {
  kind: DetectionKind;
  group: string;
  /** When it began, as far as counts tell. */
  sinceMs: number;
  /** Its last record; null while it goes on at the end of the window, and where there is none (disappeared). */
  untilMs: number | null;
  count: number;
  /** What was expected in the same minutes, and how sure that is; null for new. */
  expected: number | null;
  /** Adjusted for the number of groups looked at; null where no test was made. */
  pValue: number | null;
  confidence: 'proven' | 'likely' | 'possible';
  /** One sentence with the figures. */
  because: string;
}

/** Detections of one time and, as far as evidence goes, one origin: told once. */
export interface Incident {
  /** Its strongest detection first. */
  detections: readonly Detection[];
  fromMs: number;
  toMs: number;
}
