import { countBy } from '../../../core/group-by.ts';
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
  /** By query id, where the server says it (PostgreSQL 14 and newer). */
  queries: ReadonlyMap<string, QueryWaits>;
}

/** How often sessions were met in one statement, and how often they waited for a lock of another session then. */
export interface QueryWaits {
  samples: number;
  locked: number;
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

/** Who was busy at one moment, and with what; small enough to keep minutes of them. */
export interface WaitSample {
  atMs: number;
  /** A `waitLabel` for each busy session. */
  busy: readonly string[];
  /** Statements of the busy sessions that have an id. */
  queries: readonly { id: string; locked: boolean }[];
}

/** An active session without a wait is on a processor, or wants one. */
export const CPU = 'CPU';

export function waitSample(atMs: number, backends: readonly Backend[]): WaitSample {
  const busy = backends.filter(isBusy);
  return {
    atMs,
    busy: busy.map(({ waitType, waitEvent }) => waitLabel({ type: waitType ?? CPU, event: waitEvent })),
    queries: busy.flatMap(({ queryId, waitType }) =>
      queryId === null ? [] : [{ id: queryId, locked: waitType === 'Lock' }],
    ),
  };
}

/** null without samples. */
export function profileWaits(samples: readonly WaitSample[]): WaitProfile | null {
  const first = samples[0];
  const last = samples.at(-1);
  if (first === undefined || last === undefined) return null;
  const all = samples.flatMap(({ busy }) => busy);
  return {
    samples: samples.length,
    overMs: last.atMs - first.atMs,
    averageActive: all.length / samples.length,
    waits: countBy(all).map(({ key, count }) => {
      const [type = CPU, event = null] = key.split(':');
      return { type, event, average: count / samples.length, share: count / all.length };
    }),
    queries: waitsByQuery(samples),
  };
}

function waitsByQuery(samples: readonly WaitSample[]): Map<string, QueryWaits> {
  const byQuery = new Map<string, QueryWaits>();
  for (const { id, locked } of samples.flatMap(({ queries }) => queries)) {
    const so = byQuery.get(id) ?? { samples: 0, locked: 0 };
    byQuery.set(id, { samples: so.samples + 1, locked: so.locked + (locked ? 1 : 0) });
  }
  return byQuery;
}

/** `Lock:transactionid`, `CPU`. */
export function waitLabel({ type, event }: Pick<WaitShare, 'type' | 'event'>): string {
  return event === null ? type : `${type}:${event}`;
}

/** Processes of the server work for themselves; a sender of log is always active. */
function isBusy({ own, state, type }: Backend): boolean {
  return !own && state === 'active' && type !== 'walsender';
}
