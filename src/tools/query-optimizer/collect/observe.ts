import type { Coverage } from '../../../core/coverage.ts';
import { counterDeltas } from '../../_shared/database/counter-delta.ts';
import { keptCounters } from '../../_shared/database/history.ts';
import { windowOf } from '../../_shared/database/delta.ts';
import type { OpenDatabase } from '../../_shared/database/open-databases.ts';
import type { Backend } from '../../_shared/database/postgres/activity.ts';
import { readSnapshot } from '../../_shared/database/postgres/read-snapshot.ts';
import type { Snapshot } from '../../_shared/database/postgres/snapshot.ts';
import type { TableStatistics } from '../../_shared/database/postgres/tables.ts';
import { createStatementsReader } from '../../_shared/database/postgres/statements.ts';
import type { Reading } from '../../_shared/database/reading.ts';
import { databaseSubject } from '../../_shared/database/subjects.ts';
import type { StatementWindow } from '../../_shared/database/statements.ts';
import type { CommandContext } from '../../context.ts';
import type { Observation } from '../analyze/context.ts';
import type { IndexNeed } from '../analyze/mysql-indexes.ts';
import type { TableWrites } from '../workload.ts';
import { readWorkload } from './workload.ts';

/** What a window takes of a server, again and again. */
export type WindowSnapshot = Snapshot<'statements' | 'tables'>;

export interface Observed {
  target: string;
  /** null: there is nothing to judge; `notChecked` says why. */
  observation: Observation | null;
  coverage: StatementWindow['coverage'] | null;
  notChecked: Coverage['notChecked'];
  /** Only of MySQL and MariaDB: what lacks an index, with what EXPLAIN says. */
  needs?: readonly IndexNeed[];
}

/** Steps of a watched window: enough to see whether two counts move together. */
const STEPS = 10;
const LEAST_STEP_MS = 1_000;

type Needs = Pick<CommandContext, 'clock' | 'signal' | 'progress'>;

/** Who keeps counters while it watches. */
const KEEPER = 'database-performance-tracker';
/** History that ended longer ago than this has nothing to do with now. */
const GAP_MS = 15 * 60_000;

/**
 * The snapshots of a window of this length up to now: from what was kept, where that reaches back so far, else watched
 * from now on.
 */
export async function windowSnapshots(
  ctx: Needs & Pick<CommandContext, 'store'>,
  database: OpenDatabase,
  durationMs: number,
): Promise<WindowSnapshot[]> {
  const nowMs = ctx.clock.wallMs();
  const history = { tool: KEEPER, target: database.target.name };
  const range = { fromMs: nowMs - 1.05 * durationMs, toMs: nowMs };
  const kept = keptCounters(ctx.store.observations, history, range);
  const [first, last] = [kept[0], kept.at(-1)];
  const reachesBack = first !== undefined && nowMs - first.takenAtMs >= 0.9 * durationMs;
  if (!reachesBack || last === undefined || nowMs - last.takenAtMs > GAP_MS) {
    return watchWindow(ctx, database, durationMs);
  }
  return [...kept, await readSnapshot(database.session, ['statements', 'tables'], nowMs)];
}

/** Watches from now on: snapshots at the ends of the window and in between. */
export async function watchWindow(
  { clock, signal, progress }: Needs,
  { session, target }: OpenDatabase,
  durationMs: number,
): Promise<WindowSnapshot[]> {
  const statements = createStatementsReader();
  const steps = Math.max(1, Math.min(STEPS, Math.floor(durationMs / LEAST_STEP_MS)));
  const startedMs = clock.monotonicMs();
  const snapshots: WindowSnapshot[] = [];
  for (let step = 0; step <= steps; step += 1) {
    const dueMs = startedMs + (durationMs * step) / steps;
    if (step > 0) await clock.sleep(Math.max(0, dueMs - clock.monotonicMs()), signal);
    snapshots.push(await readSnapshot(session, ['statements', 'tables'], clock.wallMs(), { statements }));
    progress(step, steps, `watching ${target.name}`);
  }
  return snapshots;
}

/** Everything that rules need of one database over the window of these snapshots, which are in time order. */
export async function observe(
  { clock }: Pick<CommandContext, 'clock'>,
  { session, target }: OpenDatabase,
  snapshots: readonly WindowSnapshot[],
): Promise<Observed> {
  const subject = databaseSubject(target.name);
  const missing = (reading: Extract<Reading<unknown>, { known: false }>): Observed => ({
    target: target.name,
    observation: null,
    coverage: null,
    notChecked: [
      { subject, reason: reading.reason, ...(reading.hint === undefined ? {} : { hint: reading.hint }) },
    ],
  });
  const statements = snapshots.map(({ parts }) => parts.statements);
  const unreadable = statements.find((reading) => !reading.known);
  if (unreadable !== undefined && !unreadable.known) return missing(unreadable);
  const structure = await readSnapshot(session, ['catalog', 'activity'], clock.wallMs());
  const { catalog, activity } = structure.parts;
  if (!catalog.known) return missing(catalog);
  const read = statements.flatMap((reading) => (reading.known ? [reading.value] : []));
  const window = windowOf(read);
  const work = tableWork(snapshots);
  const { workload, members } = await readWorkload(
    window,
    catalog.value,
    work?.writes ?? new Map<string, TableWrites>(),
    structure.server.database,
    activity.known ? applicationsOf(activity.value) : new Map<string, string>(),
  );
  return {
    target: target.name,
    observation: {
      target: target.name,
      workload,
      members,
      catalog: catalog.value,
      reads: work?.reads ?? null,
      steps:
        read.length < 3
          ? [window]
          : read.slice(1).map((after, index) => windowOf([read[index] ?? after, after])),
    },
    coverage: window.coverage,
    notChecked: [],
  };
}

/** A session keeps the id of its last statement: those of a pool tell who runs what is run often. */
function applicationsOf(backends: readonly Backend[]): Map<string, string> {
  return new Map(
    backends.flatMap(({ queryId, application, own }): [string, string][] =>
      queryId === null || own ? [] : [[queryId, application]],
    ),
  );
}

const COUNTERS = ['seqRowsRead', 'indexRowsFetched', 'inserted', 'updated', 'hotUpdated', 'deleted'] as const;

/** Rows read and written of each table between the first and the last snapshot; those of partitions count for the parent, too. */
function tableWork(
  snapshots: readonly WindowSnapshot[],
): { reads: Map<string, number>; writes: Map<string, TableWrites> } | null {
  const [first, last] = [snapshots[0]?.parts.tables, snapshots.at(-1)?.parts.tables];
  if (!first?.known || !last?.known) return null;
  const reads = new Map<string, number>();
  const writes = new Map<string, TableWrites>();
  const deltas = counterDeltas<TableStatistics, (typeof COUNTERS)[number]>(
    first.value,
    last.value,
    ({ oid }) => oid,
    COUNTERS,
  );
  for (const { row, values } of deltas.values()) {
    const names = [`${row.schema}.${row.name}`, ...(row.parent === null ? [] : [row.parent])];
    for (const name of names) {
      reads.set(name, (reads.get(name) ?? 0) + (values.seqRowsRead ?? 0) + (values.indexRowsFetched ?? 0));
      const sum = writes.get(name) ?? { inserted: 0, updated: 0, hotUpdated: 0, deleted: 0 };
      writes.set(name, {
        inserted: sum.inserted + (values.inserted ?? 0),
        updated: sum.updated + (values.updated ?? 0),
        hotUpdated: sum.hotUpdated + (values.hotUpdated ?? 0),
        deleted: sum.deleted + (values.deleted ?? 0),
      });
    }
  }
  return { reads, writes };
}
