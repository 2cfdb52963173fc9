import type { Client } from 'pg';
import type { Catalog } from '../../../src/tools/_shared/database/catalog.ts';
import { quoteLiteral } from '../../../src/tools/_shared/database/index-statement.ts';
import type { Plan } from '../../../src/tools/_shared/database/plan.ts';
import { parsePlan } from '../../../src/tools/_shared/database/plan-postgres.ts';
import { totalBuffers } from '../../../src/tools/_shared/database/plan-walk.ts';
import { readShape } from '../../../src/tools/_shared/sql/shape.ts';
import { adviseIndexes } from '../../../src/tools/query-optimizer/advisor/advise.ts';
import {
  type Advice,
  type AdviceOptions,
  DEFAULT_ADVICE_OPTIONS,
  type IndexUsage,
} from '../../../src/tools/query-optimizer/advisor/types.ts';
import { replaceParameters } from '../../../src/tools/query-optimizer/advisor/values.ts';
import type { WhatIf } from '../../../src/tools/query-optimizer/what-if/types.ts';
import type { TableWrites, Workload, WorkloadQuery } from '../../../src/tools/query-optimizer/workload.ts';

/** A statement with `$n`, values to run it with, and how often the backend calls it in the window. */
export interface BenchQuery {
  sql: string;
  values?: readonly (string | number)[];
  calls: number;
}

const HOUR_MS = 3_600_000;

const RUNS = 3;
/** A microsecond too much, three million times, would outweigh every other query. */
const SHORT_MS = 2;
const RUNS_OF_SHORT = 20;

/** A workload as counters would show it: every query is run some times, and the fastest run counts for each call. */
export async function measuredWorkload(
  client: Client,
  catalog: Catalog,
  queries: readonly BenchQuery[],
  writes: ReadonlyMap<string, TableWrites> = new Map(),
): Promise<Workload> {
  const measured: WorkloadQuery[] = [];
  for (const query of queries) {
    const { sql, calls } = query;
    const shape = await readShape(sql, catalog);
    const runs = [await run(client, query)];
    const times = (runs[0]?.ms ?? 0) < SHORT_MS ? RUNS_OF_SHORT : RUNS;
    while (runs.length < times) runs.push(await run(client, query));
    const meanMs = Math.min(...runs.map(({ ms }) => ms));
    measured.push({
      shape,
      texts: [sql],
      calls,
      totalMs: meanMs * calls,
      meanMs,
      rows: (runs[0]?.rows ?? 0) * calls,
      sharedBuffers: 0,
      exactness: 'exact',
      origins: [],
    });
  }
  return { fromMs: 0, toMs: HOUR_MS, queries: measured, leftOut: [], writes };
}

/** Time on the server, without the way to it; what it changes is taken back. */
async function run(client: Client, query: BenchQuery): Promise<{ ms: number; rows: number }> {
  await client.query('BEGIN');
  const { rowCount } = await client.query(query.sql, [...(query.values ?? [])]);
  await client.query('ROLLBACK; BEGIN');
  const plan = await planOf(client, query);
  await client.query('ROLLBACK');
  return { ms: plan?.executionMs ?? Number.NaN, rows: rowCount ?? 0 };
}

async function planOf(client: Client, { sql, values = [] }: BenchQuery): Promise<Plan | null> {
  const text = replaceParameters(sql, (number) => quoteLiteral(String(values[number - 1])));
  const { rows } = await client.query<{ 'QUERY PLAN': unknown }>(
    `EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) ${text}`,
  );
  return parsePlan(rows[0]?.['QUERY PLAN']);
}

export async function timeOf(client: Client, sql: string): Promise<number> {
  const startMs = performance.now();
  await client.query(sql);
  return performance.now() - startMs;
}

/** Pages that one run touches. */
export async function buffersOf(client: Client, query: BenchQuery): Promise<number> {
  const plan = await planOf(client, query);
  return plan === null ? Number.NaN : (totalBuffers(plan.root) ?? Number.NaN);
}

export function advise(
  workload: Workload,
  catalog: Catalog,
  whatIf: WhatIf,
  options: Partial<AdviceOptions> = {},
  usage: IndexUsage | null = null,
): Promise<Advice> {
  return adviseIndexes({
    workload,
    catalog,
    whatIf,
    options: { ...DEFAULT_ADVICE_OPTIONS, ...options },
    usage,
    signal: new AbortController().signal,
    nowMs: () => performance.now(),
  });
}
