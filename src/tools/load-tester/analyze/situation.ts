import { mergeInTime } from '../../../core/load/merge-ticks.ts';
import type { FindingDraft, Subject } from '../../../core/finding.ts';
import type { LoadOptions } from '../options.ts';
import type { LoadRecord, LoadSlice } from '../record.ts';
import type { Fitness } from './fitness.ts';
import type { WallSpan } from './processor.ts';
import { loadLevels, type SteadyPart } from './steady.ts';
import type { ThresholdVerdict } from './thresholds.ts';

/** Everything that rules conclude from. */
export interface Situation {
  target: string;
  /** What objectives and rates are judged by. */
  record: LoadRecord;
  steady: SteadyPart;
  fitness: Fitness;
  /** One request at a time, shortly before; null where that was left out or nothing was answered. */
  calm: LoadSlice | null;
  /** Closed load by its users, ascending; the calm part is the first one, where there is one. */
  levels: readonly LoadLevel[];
  /** The same of load on one endpoint alone, where one stood out in the mix. */
  alone: readonly LoadLevel[];
  thresholds: readonly ThresholdVerdict[];
  /** Whether we asked the server to keep connections. */
  keepAlive: boolean;
  options: LoadOptions;
  /** The command and the input that make the same load again. */
  check: FindingDraft['check'];
}

export interface LoadLevel {
  users: number;
  whole: LoadSlice;
  /** When, and what was seen on the side of the server. */
  span: WallSpan;
  beside: LoadRecord['beside'];
}

export function targetSubject({ target }: Pick<Situation, 'target'>): Subject {
  return { kind: 'target', name: target };
}

export function endpointSubject(name: string): Subject {
  return { kind: 'endpoint', name };
}

/** The levels of closed records: each span of equal users, without its first second where there are more. */
export function closedLevels(records: readonly LoadRecord[]): LoadLevel[] {
  return records
    .filter(({ plan }) => !plan.open)
    .flatMap(({ slices, beside, startedAtMs }) =>
      loadLevels(slices).map((level) => {
        const whole = mergeInTime(level.length > 2 ? level.slice(1) : level);
        const span = { fromMs: startedAtMs + whole.fromMs, toMs: startedAtMs + whole.toMs };
        return { users: whole.users, whole, span, beside };
      }),
    )
    .filter(({ users }) => users > 0)
    .toSorted((a, b) => a.users - b.users);
}

export function steadyWhole({ steady, record }: Pick<Situation, 'steady' | 'record'>): LoadSlice {
  return steady.slices.length === 0 ? record.total : mergeInTime(steady.slices);
}
