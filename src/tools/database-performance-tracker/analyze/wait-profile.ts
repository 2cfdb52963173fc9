import { groupBy } from '../../../core/group-by.ts';
import type { Backend } from '../../_shared/database/postgres/activity.ts';

/** What active sessions were doing in samples of them. Parallel workers count: they take processors and disks, too. */
export interface WaitProfile {
  samples: number;
  /** From the first sample to the last. */
  overMs: number;
  /** Sessions that were active, on average. */
  averageActive: number;
  /** Most first; the averages add up to `averageActive`. */
  waits: readonly WaitShare[];
}

export interface WaitShare {
  /** As the server names it; `CPU`: active and not waiting. */
  type: string;
  event: string | null;
  /** Sessions in it, on average. */
  average: number;
  /** Of all active time, 0 to 1. */
  share: number;
}

export interface WaitSample {
  atMs: number;
  backends: readonly Backend[];
}

/** An active session without a wait is on a processor, or wants one. */
export const CPU = 'CPU';

/** null without samples. */
export function profileWaits(samples: readonly WaitSample[]): WaitProfile | null {
  const first = samples[0];
  const last = samples.at(-1);
  if (first === undefined || last === undefined) return null;
  const busy = samples.flatMap(({ backends }) => backends.filter(isBusy));
  const groups = groupBy(busy, waitName);
  return {
    samples: samples.length,
    overMs: last.atMs - first.atMs,
    averageActive: busy.length / samples.length,
    waits: [...groups]
      .map(([, group]) => ({
        type: group[0]?.waitType ?? CPU,
        event: group[0]?.waitEvent ?? null,
        average: group.length / samples.length,
        share: group.length / busy.length,
      }))
      .toSorted((a, b) => b.average - a.average || waitLabel(a).localeCompare(waitLabel(b))),
  };
}

/** `Lock:transactionid`, `CPU`. */
export function waitLabel({ type, event }: Pick<WaitShare, 'type' | 'event'>): string {
  return event === null ? type : `${type}:${event}`;
}

function waitName({ waitType, waitEvent }: Backend): string {
  return `${waitType}:${waitEvent}`;
}

function isBusy({ own, state, type }: Backend): boolean {
  return !own && state === 'active' && type !== 'walsender';
}
