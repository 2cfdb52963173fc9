import { levelName, type LogLevel, type LogLevelName } from '../../../core/log/level.ts';
import { stripControl } from '../../../core/text.ts';
import type { Redactor } from '../../../core/redact.ts';
import type { PassingRecord } from './each-record.ts';

/** UTF-8 bytes of a record that are shown. */
const MAX_BYTES = 4_096;

export interface ShownRecord {
  /** Null where it says no time. */
  atMs: number | null;
  level: LogLevelName;
  log: string;
  /** Cleaned, redacted, capped. Untrusted. */
  text: string;
}

/** The newest of the records that were added, by their times; of one time, those that were read last. */
export interface NewestRecords {
  add(record: PassingRecord): void;
  /** Oldest first. */
  records(redact: Redactor): ShownRecord[];
}

interface Kept {
  atMs: number;
  order: number;
  timeless: boolean;
  level: LogLevel;
  log: string;
  bytes: Uint8Array;
}

export function createNewestRecords(limit: number): NewestRecords {
  let kept: Kept[] = [];
  let order = 0;
  /** What is not newer than this is not among the newest. */
  let oldestMs = Number.NEGATIVE_INFINITY;

  const cut = (): void => {
    kept = kept.toSorted((a, b) => a.atMs - b.atMs || a.order - b.order).slice(-limit);
    if (kept.length === limit) oldestMs = kept[0]?.atMs ?? oldestMs;
  };

  return {
    add({ stream, view, atMs, timeless }) {
      order += 1;
      if (atMs < oldestMs) return;
      const { bytes, start, end } = view.raw;
      kept.push({
        atMs,
        order,
        timeless,
        level: view.level,
        log: stream.name,
        bytes: new Uint8Array(bytes.subarray(start, Math.min(end, start + MAX_BYTES))),
      });
      if (kept.length >= 2 * limit) cut();
    },
    records(redact) {
      cut();
      return kept.map(({ atMs, timeless, level, log, bytes }) => ({
        atMs: timeless ? null : atMs,
        level: levelName(level),
        log,
        text: redact.text(stripControl(new TextDecoder().decode(bytes, { stream: true }))),
      }));
    },
  };
}
