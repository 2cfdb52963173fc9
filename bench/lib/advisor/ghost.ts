import { readFile } from 'node:fs/promises';
import { Client } from 'pg';
import type { DatabaseTarget } from '../../../src/config/targets.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { startPostgres } from '../../../src/platform/postgres/embedded.ts';
import { createSandboxes } from '../../../src/platform/postgres/sandbox.ts';
import { createSqlConnector } from '../../../src/platform/sql/postgres.ts';
import type { SqlSession } from '../../../src/platform/sql/types.ts';
import { createIndexSql } from '../../../src/tools/_shared/database/index-statement.ts';
import { parsePlan } from '../../../src/tools/_shared/database/plan-postgres.ts';
import type { Plan } from '../../../src/tools/_shared/database/plan.ts';
import { readSnapshot } from '../../../src/tools/_shared/database/postgres/read-snapshot.ts';
import { hypotheticalName } from '../../../src/tools/query-optimizer/what-if/hypothetical.ts';
import { openWhatIf, type WhatIfContext } from '../../../src/tools/query-optimizer/what-if/open.ts';
import { AS_IT_IS, type WhatIf } from '../../../src/tools/query-optimizer/what-if/types.ts';
import { type BenchRow, notRun, row } from '../bench.ts';
import { type GhostCase, ghostCases, sourceSql } from './ghost-cases.ts';

const ROLE = 'rearguard_reader';
const SAME_PLAN_GOAL = 0.95;
const CLONE_GOAL_MS = 2_000;

/** What a role with pg_monitor and SELECT, and a server without any extension of ours, let the ghost do. */
export async function benchGhost(quick: boolean, log: (line: string) => void): Promise<BenchRow[]> {
  const settings = { log_statement: 'all', log_line_prefix: '%u|', jit: 'off', autovacuum: 'off' };
  const server = await startPostgres({ settings });
  const owner = new Client({ connectionString: server.url });
  await owner.connect();
  const stop = new AbortController();
  const sql = createSqlConnector();
  const context: WhatIfContext = {
    sandboxes: createSandboxes(process.cwd()),
    sql,
    clock: systemClock,
    signal: stop.signal,
  };
  try {
    log('ghost: filling 60 tables');
    for (const statement of sourceSql(quick ? 20_000 : 100_000)) await owner.query(statement);
    await owner.query(
      `CREATE ROLE ${ROLE} LOGIN PASSWORD '${ROLE}'; GRANT pg_monitor, pg_read_all_data TO ${ROLE}`,
    );
    const url = new URL(server.url);
    Object.assign(url, { username: ROLE, password: ROLE });
    const session = await sql.open(url.href, { statementTimeoutMs: 30_000, signal: stop.signal });
    const target: DatabaseTarget = { kind: 'database', name: 'bench', url: url.href };
    log('ghost: cloning');
    const { whatIf, cloneMs, limits } = await timedClone(context, target, session, quick ? 2 : 5);
    log('ghost: planning 60 queries with indexes that are not there, then with the real ones');
    const compared = await comparePlans(whatIf, owner, ghostCases());
    await whatIf.close();
    await session.close();
    return [...rowsOf(compared, cloneMs, limits), readsRow(await readFile(server.logPath, 'utf8'))];
  } finally {
    await owner.end();
    await server.stop();
  }
}

/** The median of some clones; the last one is kept. */
async function timedClone(
  context: WhatIfContext,
  target: DatabaseTarget,
  session: SqlSession,
  times: number,
): Promise<{ whatIf: WhatIf; cloneMs: number[]; limits: readonly string[] }> {
  const cloneMs: number[] = [];
  for (let round = 1; ; round += 1) {
    const { parts } = await readSnapshot(session, ['catalog'], systemClock.wallMs());
    if (!parts.catalog.known) throw new Error(parts.catalog.reason);
    const startedMs = systemClock.monotonicMs();
    const { whatIf, waits } = await openWhatIf(context, target, session, parts.catalog.value, {
      backEnd: 'ghost',
    });
    if (whatIf === null) throw new Error(waits.map(({ reason }) => reason).join(' '));
    await whatIf.plan('SELECT id FROM t0 WHERE id = 1', AS_IT_IS);
    cloneMs.push(systemClock.monotonicMs() - startedMs);
    if (round === times) return { whatIf, cloneMs, limits: whatIf.limits };
    await whatIf.close();
  }
}

interface Compared {
  one: GhostCase;
  hypothetical: Plan;
  real: Plan;
  hypotheticalBytes: number;
  realBytes: number;
  planMs: number;
}

async function comparePlans(whatIf: WhatIf, owner: Client, cases: readonly GhostCase[]): Promise<Compared[]> {
  const compared: Compared[] = [];
  for (const one of cases) {
    const { sql, index } = one;
    const name = hypotheticalName(index);
    const hypotheticalBytes = await whatIf.sizeOf(index);
    const startedMs = systemClock.monotonicMs();
    const hypothetical = await whatIf.plan(sql, { add: [index], hide: [] });
    const planMs = systemClock.monotonicMs() - startedMs;
    await owner.query(createIndexSql(index, { name }));
    // Only an expression has new statistics with its index; the others keep those that the ghost has.
    if (index.keys.some(({ expression }) => expression !== null)) await owner.query(`ANALYZE ${index.table}`);
    const { rows } = await owner.query<{ 'QUERY PLAN': unknown }>(`EXPLAIN (FORMAT JSON, VERBOSE) ${sql}`);
    const size = await owner.query<{ bytes: number }>('SELECT pg_relation_size($1::regclass)::int AS bytes', [
      name,
    ]);
    await owner.query(`DROP INDEX ${name}`);
    const real = parsePlan(rows[0]?.['QUERY PLAN']);
    if (real === null) throw new Error(`no plan for ${sql}`);
    compared.push({
      one,
      hypothetical,
      real,
      hypotheticalBytes,
      realBytes: size.rows[0]?.bytes ?? 0,
      planMs,
    });
  }
  return compared;
}

function rowsOf(
  compared: readonly Compared[],
  cloneMs: readonly number[],
  limits: readonly string[],
): BenchRow[] {
  const same = compared.filter(({ hypothetical, real }) => hypothetical.hash === real.hash);
  const errors = compared
    .map(({ hypothetical, real }) => Math.abs((hypothetical.totalCost ?? 0) / (real.totalCost ?? 1) - 1))
    .toSorted((a, b) => a - b);
  const sizes = compared
    .filter(({ one }) => one.isBtree)
    .map(({ hypotheticalBytes, realBytes }) => Math.abs(hypotheticalBytes / realBytes - 1))
    .toSorted((a, b) => a - b);
  const differing = compared
    .filter((pair) => !same.includes(pair))
    .map(({ one: { index } }) => `${index.table} ${index.method}`);
  return [
    row({
      name: 'ghost: same plan as with the real index',
      value: same.length / compared.length,
      unit: 'share',
      goal: { op: '>=', value: SAME_PLAN_GOAL },
      samples: compared.length,
      note: differing.length === 0 ? 'all of them' : `others: ${differing.join(', ')}`,
    }),
    row({
      name: 'ghost: error of the cost, p90',
      value: quantile(errors, 0.9) * 100,
      unit: '%',
      samples: errors.length,
    }),
    row({
      name: 'ghost: error of a B-tree size, median',
      value: quantile(sizes, 0.5) * 100,
      unit: '%',
      samples: sizes.length,
    }),
    row({
      name: 'ghost: time of a plan, median',
      value: quantile(
        compared.map(({ planMs }) => planMs).toSorted((a, b) => a - b),
        0.5,
      ),
      unit: 'ms',
      samples: compared.length,
    }),
    row({
      name: 'ghost: clone of 60 tables to the first plan, median',
      value: Math.round(
        quantile(
          cloneMs.toSorted((a, b) => a - b),
          0.5,
        ),
      ),
      unit: 'ms',
      goal: { op: '<=', value: CLONE_GOAL_MS },
      samples: cloneMs.length,
      note: `fastest ${Math.round(Math.min(...cloneMs))} ms, with the start of its server${limits.length > 0 ? `; ${limits.join(' ')}` : ''}`,
    }),
  ];
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** Statements of ours that begin with anything else than what only reads. */
const READING =
  /^(?:\/\* rearguard \*\/\s*)?(?:SELECT|WITH|EXPLAIN|SHOW|BEGIN TRANSACTION READ ONLY|ROLLBACK)\b/i;

/** Judges the source's own log, which has every statement of every session. */
function readsRow(text: string): BenchRow {
  const goal = { op: '=' as const, value: 0 };
  const own = [
    ...text.matchAll(/^rearguard_reader\|LOG: {2}(?:statement|execute [^:]*): ([^]*?)(?=^\S)/gm),
  ].map(([, statement = '']) => statement.trim());
  if (own.length === 0)
    return notRun('ghost: statements on the source that are no reads', 'statements', 'none was logged', goal);
  const others = own.filter((statement) => !READING.test(statement));
  return row({
    name: 'ghost: statements on the source that are no reads',
    value: others.length,
    unit: 'statements',
    goal,
    samples: own.length,
    note: others[0]?.slice(0, 80) ?? 'by its log, log_statement = all',
  });
}
