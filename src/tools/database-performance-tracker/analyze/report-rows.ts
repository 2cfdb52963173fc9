import type { StatementDelta, StatementWindow } from '../../_shared/database/statements.ts';
import { checkpointsIn } from './storage/checkpoints.ts';
import { readsOf, type TableReads } from './storage/cache.ts';
import { bothEnds, grown, type Look } from './look.ts';
import { type LogReading, loggedP95 } from './server-log.ts';
import { nameOfText, type StatementName } from './statements/names.ts';

/** Where a window comes from. */
export type WindowSource = 'history' | 'watched' | 'none';

/** One line of the table of statements. */
export interface StatementRow {
  name: StatementName;
  delta: StatementDelta;
  /** Of the time that all statements took, 0 to 1. */
  share: number;
  /** Pages found in the cache, 0 to 1; null: it touched none. */
  hitShare: number | null;
  spilledBytes: number;
  /** Of all its calls, by the log of the server; null: the log does not tell, or there is none. */
  p95Ms: number | null;
}

/** Most time first; `nameOf` says what a statement is called. */
export function statementRows(
  { statements, coverage }: StatementWindow,
  nameOf: (delta: StatementDelta) => StatementName,
  blockBytes: number,
  log: LogReading = null,
): StatementRow[] {
  return statements.map((delta) => {
    const pages = delta.sharedHit + delta.sharedRead;
    const name = nameOf(delta);
    return {
      name,
      delta,
      share: coverage.trackedMs > 0 ? Math.min(1, delta.totalMs / coverage.trackedMs) : 0,
      hitShare: pages === 0 ? null : delta.sharedHit / pages,
      spilledBytes: delta.tempWritten * blockBytes,
      p95Ms: loggedP95(log, name.key, delta.calls)?.milliseconds ?? null,
    };
  });
}

/** The same for a look at PostgreSQL; empty where statements could not be read. */
export function rowsOfLook({ statements, names, end, log }: Look): StatementRow[] {
  if (!statements.known) return [];
  return statementRows(
    statements.value,
    ({ key, text, queryId }) => names.get(key) ?? nameOfText(text, queryId),
    end.server.blockBytes,
    log,
  );
}

/** What was done to a table in the window, and how it stands. */
export interface TableRow extends TableReads {
  name: string;
  inserted: number;
  updated: number;
  hotUpdated: number;
  deleted: number;
}

/** Tables that were read or written in the window, most reads first. */
export function tableRows(look: Look, limit: number): TableRow[] {
  const ends = bothEnds(look, 'tables');
  if (!ends.known) return [];
  const { before, after, seconds } = ends.value;
  const earlier = new Map(before.map((table) => [table.oid, table]));
  return readsOf(before, after, seconds)
    .slice(0, limit)
    .map((reads) => {
      const { table } = reads;
      const then = earlier.get(table.oid);
      return {
        ...reads,
        name: `${table.schema}.${table.name}`,
        inserted: grown(then?.inserted, table.inserted),
        updated: grown(then?.updated, table.updated),
        hotUpdated: grown(then?.hotUpdated, table.hotUpdated),
        deleted: grown(then?.deleted, table.deleted),
      };
    });
}

/** The server as a whole in the window; null: not measured. */
export interface ServerRow {
  transactions: number | null;
  hitShare: number | null;
  tempBytes: number | null;
  deadlocks: number | null;
  walBytes: number | null;
  checkpointsTimed: number | null;
  checkpointsRequested: number | null;
}

export function serverRow(look: Look): ServerRow {
  const ends = bothEnds(look, 'databases');
  const own = (list: { name: string | null }[]) =>
    list.findIndex(({ name }) => name === look.end.server.database);
  const counters = ends.known
    ? {
        before: ends.value.before[own([...ends.value.before])],
        after: ends.value.after[own([...ends.value.after])],
      }
    : null;
  const after = counters?.after;
  const rise = (
    field: 'commits' | 'rollbacks' | 'blocksHit' | 'blocksRead' | 'tempBytes' | 'deadlocks',
  ): number | null => (after === undefined ? null : grown(counters?.before?.[field], after[field]));
  const [hit, read] = [rise('blocksHit'), rise('blocksRead')];
  const checkpoints = checkpointsIn(look);
  const wal = bothEnds(look, 'wal');
  return {
    transactions: sum(rise('commits'), rise('rollbacks')),
    hitShare: hit === null || read === null || hit + read === 0 ? null : hit / (hit + read),
    tempBytes: rise('tempBytes'),
    deadlocks: rise('deadlocks'),
    walBytes: wal.known ? Math.max(0, wal.value.after.positionBytes - wal.value.before.positionBytes) : null,
    checkpointsTimed: checkpoints?.timed ?? null,
    checkpointsRequested: checkpoints?.requested ?? null,
  };
}

function sum(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a + b;
}

/** What the counters of the window say of themselves, a sentence. */
export function coverageText({ coverage }: StatementWindow): string {
  const { share, evictions, resets } = coverage;
  const parts = [
    share === null
      ? 'what part of the time they are cannot be told'
      : `${Math.round(share * 100)} % of the time that sessions were at work`,
    ...(evictions === null || evictions === 0 ? [] : [`${evictions} statements were evicted meanwhile`]),
    ...(resets === 0 ? [] : [`counters were reset ${resets === 1 ? 'once' : `${resets} times`}`]),
  ];
  return parts.join('; ');
}
