import { RearguardError } from '../../../core/errors.ts';
import { parsePlan } from '../../_shared/database/plan-postgres.ts';
import { totalBuffers } from '../../_shared/database/plan-walk.ts';
import type { Plan } from '../../_shared/database/plan.ts';
import type { Run, RunPair } from './judge.ts';
import type { ResultOrder } from './result-order.ts';
import { digestOf, type ResultDigest } from './results.ts';
import type { ProofOptions, Sandbox } from './types.ts';

type Rows = readonly Readonly<Record<string, unknown>>[];

/** One side of a comparison: statements that are run one after another, and indexes that are not there for them. */
export interface Side {
  sqls: readonly string[];
  /** Quoted names of indexes. */
  without: readonly string[];
  /** What of the rows is compared; all of them by default. */
  read?: (rows: Rows) => Rows;
}

export interface Measurement {
  pairs: RunPair[];
  before: Observed;
  after: Observed;
}

/** What a side did the first time, when nothing was warm. */
export interface Observed {
  /** Of its first statement. */
  plan: Plan;
  result: ResultDigest;
}

/** Results beyond this many rows are digested by the server: they need not come here. */
const MAX_ROWS_HERE = 20_000;
/** From here on fewer rounds say enough, and the budget is for the other queries. */
const SLOW_MS = 1_000;
const ROUNDS_OF_SLOW = 3;

/**
 * Runs two sides in turn, in blocks before-after-after-before, so that whatever drifts (caches, other load) meets both
 * alike. Every run is a transaction of its own that cannot write and is rolled back; an index that a side does without
 * is dropped inside it, which costs nothing and brings it back. Throws what the server says, a timeout included.
 */
export async function measureSides(
  sandbox: Sandbox,
  sides: { before: Side; after: Side },
  { rounds, timeoutMs }: Pick<ProofOptions, 'rounds' | 'timeoutMs'>,
  order: Pick<ResultOrder, 'keys'>,
): Promise<Measurement> {
  const before = await observe(sandbox, sides.before, timeoutMs, order);
  const after = await observe(sandbox, sides.after, timeoutMs, order);
  const isSlow = Math.max(before.plan.executionMs ?? 0, after.plan.executionMs ?? 0) > SLOW_MS;
  const pairs: RunPair[] = [];
  for (let round = 0; round < (isSlow ? Math.min(ROUNDS_OF_SLOW, rounds) : rounds); round += 1) {
    if (round % 2 === 0) {
      const first = await run(sandbox, sides.before, timeoutMs);
      pairs.push({ before: first, after: await run(sandbox, sides.after, timeoutMs) });
    } else {
      const first = await run(sandbox, sides.after, timeoutMs);
      pairs.push({ before: await run(sandbox, sides.before, timeoutMs), after: first });
    }
  }
  return { pairs, before, after };
}

/** How long a side takes; null: it does not finish in time. */
export async function finishMs(sandbox: Sandbox, side: Side, timeoutMs: number): Promise<number | null> {
  try {
    return (await run(sandbox, side, timeoutMs)).ms;
  } catch (error) {
    if (isTimeout(error)) return null;
    throw error;
  }
}

/** query_canceled, by statement_timeout. */
export function isTimeout(error: unknown): boolean {
  const cause = error instanceof Error ? (error.cause as { code?: unknown } | undefined) : undefined;
  return cause?.code === '57014';
}

/** The plan that a side's first statement gets, without running it. */
export function planSide(sandbox: Sandbox, side: Side, timeoutMs: number): Promise<Plan> {
  return inRolledBack(sandbox, side, timeoutMs, () => explain(sandbox, side.sqls[0] ?? '', 'FORMAT JSON'));
}

function observe(
  sandbox: Sandbox,
  side: Side,
  timeoutMs: number,
  order: Pick<ResultOrder, 'keys'>,
): Promise<Observed> {
  return inRolledBack(sandbox, side, timeoutMs, async () => {
    const [first = '', ...more] = side.sqls;
    const plan = await explain(sandbox, first, ANALYZE);
    const isLarge = (plan.root.actualRows ?? 0) > MAX_ROWS_HERE;
    if (isLarge && more.length === 0 && side.read === undefined) {
      return { plan, result: await digestThere(sandbox, first) };
    }
    const rows: Record<string, unknown>[] = [];
    for (const sql of side.sqls) rows.push(...(await sandbox.query(sql)));
    return { plan, result: digestOf(side.read === undefined ? rows : side.read(rows), order) };
  });
}

async function digestThere(sandbox: Sandbox, sql: string): Promise<ResultDigest> {
  const [row] = await sandbox.query<{ count: number; sum: string }>(
    'SELECT count(*)::int AS count, coalesce(sum(hashtextextended(q::text, 0)::numeric), 0)::text AS sum ' +
      `FROM (${sql}) AS q`,
  );
  return { count: row?.count ?? 0, rows: row?.sum ?? '', sequence: '' };
}

function run(sandbox: Sandbox, side: Side, timeoutMs: number): Promise<Run> {
  return inRolledBack(sandbox, side, timeoutMs, async () => {
    const total = { ms: 0, buffers: 0 };
    for (const sql of side.sqls) {
      const { ms, buffers } = runOf(await explain(sandbox, sql, ANALYZE));
      total.ms += ms;
      total.buffers += buffers;
    }
    return total;
  });
}

/** Without timing of steps, which costs more than many steps themselves. */
const ANALYZE = 'ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON';

async function explain(sandbox: Sandbox, sql: string, options: string): Promise<Plan> {
  const [row] = await sandbox.query<{ 'QUERY PLAN': unknown }>(`EXPLAIN (${options}) ${sql}`);
  const plan = parsePlan(row?.['QUERY PLAN']);
  if (plan === null) throw new RearguardError('E_SANDBOX', { reason: 'it explained nothing', hint: '' });
  return plan;
}

function runOf({ root, executionMs }: Plan): Run {
  return { ms: executionMs ?? 0, buffers: totalBuffers(root) ?? 0 };
}

async function inRolledBack<Result>(
  sandbox: Sandbox,
  { without }: Side,
  timeoutMs: number,
  work: () => Promise<Result>,
): Promise<Result> {
  await sandbox.execute('BEGIN');
  try {
    for (const name of without) await sandbox.execute(`DROP INDEX ${name}`);
    await sandbox.execute('SET TRANSACTION READ ONLY');
    await sandbox.execute(`SET LOCAL statement_timeout = ${Math.ceil(timeoutMs)}`);
    return await work();
  } finally {
    await sandbox.execute('ROLLBACK');
  }
}
