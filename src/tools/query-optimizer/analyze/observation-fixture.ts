import type { Catalog } from '../../_shared/database/catalog.ts';
import type { StatementDelta, StatementWindow } from '../../_shared/database/statements.ts';
import { readWorkload } from '../collect/workload.ts';
import { optimizerOptionsSchema } from '../options.ts';
import type { TableWrites } from '../workload.ts';
import { contextOf, type RuleContext } from './context.ts';

/** What a statement did in the window, in few words. */
export interface Seen {
  sql: string;
  calls?: number;
  /** Of each call. */
  rows?: number;
  meanMs?: number;
  buffers?: number;
  user?: string;
  /** Part of its calls and rows in each step of the window; even by default. */
  steps?: readonly number[];
}

/** The context of the rules over some statements, as if they had been watched for ten seconds. */
export async function contextFor(
  catalog: Catalog,
  seen: readonly Seen[],
  {
    reads = {},
    writes = {},
    steps = 1,
  }: { reads?: Record<string, number>; writes?: Record<string, TableWrites>; steps?: number } = {},
): Promise<RuleContext> {
  const window = windowWith(seen.map((one, index) => deltaOf(one, index, 1)));
  const { workload, members } = await readWorkload(window, catalog, new Map(Object.entries(writes)), null);
  const observation = {
    target: 'shop-db',
    workload,
    members,
    catalog,
    reads: new Map(Object.entries(reads)),
    steps:
      steps === 1
        ? [window]
        : Array.from({ length: steps }, (_, step) =>
            windowWith(seen.map((one, index) => deltaOf(one, index, one.steps?.[step] ?? 1 / steps))),
          ),
  };
  return contextOf(observation, optimizerOptionsSchema.parse({}));
}

function windowWith(statements: readonly StatementDelta[]): StatementWindow {
  return {
    dialect: 'postgresql',
    fromMs: 0,
    toMs: 10_000,
    statements,
    coverage: { trackedMs: 0, databaseMs: null, share: null, evictions: 0, resets: 0, ownMs: 0 },
  };
}

function deltaOf(
  { sql, calls = 100, rows = 1, meanMs = 200, buffers = 10, user = 'app' }: Seen,
  index: number,
  part: number,
): StatementDelta {
  const count = Math.round(calls * part);
  return {
    key: `${user} ${index}`,
    user,
    database: 'shop',
    queryId: String(index),
    topLevel: true,
    text: sql,
    calls: count,
    totalMs: count * meanMs,
    planMs: null,
    rows: Math.round(count * rows),
    rowsExamined: null,
    callsWithoutIndex: null,
    sharedHit: count * buffers,
    sharedRead: 0,
    sharedDirtied: 0,
    sharedWritten: 0,
    tempRead: 0,
    tempWritten: 0,
    readMs: null,
    writeMs: null,
    walBytes: null,
    meanMs,
    exactness: 'exact',
  };
}
