import { formatDuration } from '../../../core/duration.ts';
import { RearguardError } from '../../../core/errors.ts';
import type { SqliteCopies, SqliteScratch } from '../../../platform/sqlite/copies.ts';
import type { SqliteMeasured } from '../../../platform/sqlite/messages.ts';
import { sqlitePlan, type SqlitePlanRow } from '../../_shared/database/sqlite/plan.ts';
import type { CreateIndex, Measured, Proof, QueryProof } from '../recommendation.ts';

export interface SqliteProofOptions {
  /** Files that are larger are not copied. */
  maxBytes: number;
  /** Of one run of a query, and of making the copy. */
  timeoutMs: number;
  /** Runs on either side, one after the other in turns. */
  rounds: number;
  signal: AbortSignal;
}

/** No query may get slower by more than both. */
const MAX_RATIO = 1.2;
const MAX_SLOWER_MS = 5;
/** It must be worth it: the sum over its queries by this much. */
const MIN_SPEEDUP = 1.2;

/**
 * Builds the index in a copy of the file and runs the queries in turns beside a copy without it: the same rows, and less
 * time. Queries with placeholders cannot be run; a recommendation that has only such is left as it is, with the reason.
 */
export async function proveSqlite(
  url: string,
  recommendation: CreateIndex,
  copies: SqliteCopies,
  options: SqliteProofOptions,
): Promise<Proof> {
  const runnable = recommendation.effects.filter(
    ({ values, query }) => values !== 'generic' && query.shape.kind === 'select',
  );
  if (runnable.length === 0) {
    return notProven('its queries have placeholders or change rows: write values in to have them run');
  }
  const opened: SqliteScratch[] = [];
  try {
    const without = await copies.copy(url, options);
    opened.push(without);
    const withIndex = await copies.copy(url, options);
    opened.push(withIndex);
    const before = withIndex.bytes;
    await withIndex.execute(recommendation.statement);
    const sizeBytes = (await pageBytes(withIndex)) - before;
    const queries: QueryProof[] = [];
    for (const { query } of runnable) {
      const sql = query.texts[0] ?? '';
      queries.push({
        key: query.shape.key,
        label: query.shape.label,
        ...(await compare(sql, without, withIndex, options.rounds)),
      });
    }
    return {
      ...judge(queries),
      where: `two copies of the file, ${options.rounds} runs on either side`,
      sampled: [],
      rounds: options.rounds,
      queries,
      sizeBytes,
    };
  } catch (error) {
    options.signal.throwIfAborted();
    if (error instanceof RearguardError) return notProven(error.message);
    throw error;
  } finally {
    await Promise.all(opened.map((scratch) => scratch.close()));
  }
}

async function compare(
  sql: string,
  without: SqliteScratch,
  withIndex: SqliteScratch,
  rounds: number,
): Promise<Pick<QueryProof, 'before' | 'after' | 'sameResult'>> {
  const runs: { before: SqliteMeasured; after: SqliteMeasured }[] = [];
  // The first round warms both caches and is not counted.
  for (let round = 0; round <= rounds; round += 1) {
    const order = round % 2 === 0 ? [without, withIndex] : [withIndex, without];
    const results = new Map<SqliteScratch, SqliteMeasured>();
    for (const scratch of order) results.set(scratch, await scratch.measure(sql));
    runs.push({
      before: results.get(without) as SqliteMeasured,
      after: results.get(withIndex) as SqliteMeasured,
    });
  }
  const counted = runs.slice(1);
  const [first] = counted;
  return {
    before: await measuredOf(
      sql,
      without,
      counted.map(({ before }) => before),
    ),
    after: await measuredOf(
      sql,
      withIndex,
      counted.map(({ after }) => after),
    ),
    // Where the query leaves the order open, it may differ.
    sameResult:
      first !== undefined && counted.every(({ before, after }) => before.unordered === after.unordered),
  };
}

async function measuredOf(
  sql: string,
  scratch: SqliteScratch,
  runs: readonly SqliteMeasured[],
): Promise<Measured> {
  return {
    milliseconds: median(runs.map(({ milliseconds }) => milliseconds)),
    // SQLite does not count the pages that it touches.
    buffers: 0,
    checksum: runs[0]?.unordered ?? '',
    plan: sqlitePlan(await scratch.query<SqlitePlanRow>(`EXPLAIN QUERY PLAN ${sql}`)),
  };
}

export function judge(
  queries: readonly Pick<QueryProof, 'label' | 'before' | 'after' | 'sameResult'>[],
): Pick<Proof, 'verdict' | 'reason'> {
  const different = queries.find(({ sameResult }) => !sameResult);
  if (different !== undefined) return { verdict: 'refuted', reason: `${different.label} gave other rows` };
  const slower = queries.find(
    ({ before, after }) =>
      after.milliseconds > before.milliseconds * MAX_RATIO &&
      after.milliseconds > before.milliseconds + MAX_SLOWER_MS,
  );
  if (slower !== undefined) {
    return {
      verdict: 'refuted',
      reason: `${slower.label} takes ${formatDuration(slower.after.milliseconds)} instead of ${formatDuration(slower.before.milliseconds)} with it`,
    };
  }
  const [before, after] = [sum(queries.map((one) => one.before)), sum(queries.map((one) => one.after))];
  const factor = before / Math.max(after, 0.001);
  if (factor < MIN_SPEEDUP)
    return { verdict: 'refuted', reason: 'it is not used to advantage: the time stays the same' };
  return {
    verdict: 'proven',
    reason: `the same rows in ${formatDuration(after)} instead of ${formatDuration(before)}, ${factor >= 10 ? Math.round(factor) : factor.toFixed(1)} times as fast`,
  };
}

function notProven(reason: string): Proof {
  return {
    verdict: 'not-proven',
    reason,
    where: 'nowhere',
    sampled: [],
    rounds: 0,
    queries: [],
    sizeBytes: null,
  };
}

async function pageBytes(scratch: SqliteScratch): Promise<number> {
  const [row] = await scratch.query<{ bytes: number }>(
    'SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size',
  );
  return row?.bytes ?? 0;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function sum(runs: readonly Measured[]): number {
  return runs.reduce((total, { milliseconds }) => total + milliseconds, 0);
}
