import { resolve } from 'node:path';
import { emptyAssessment } from '../../../core/assessment.ts';
import type { Coverage } from '../../../core/coverage.ts';
import type { CatalogTable } from '../../_shared/database/catalog.ts';
import { createMysqlIndex } from '../../_shared/database/mysql/catalog.ts';
import type { OpenDatabase } from '../../_shared/database/open-databases.ts';
import { readSqliteCatalog } from '../../_shared/database/sqlite/catalog.ts';
import { readSqliteHealth } from '../../_shared/database/sqlite/health.ts';
import { databaseSubject } from '../../_shared/database/subjects.ts';
import type { CommandContext } from '../../context.ts';
import { createId } from '../advisor/index-sql.ts';
import type { Advice, QueryReason } from '../advisor/types.ts';
import { assessMysqlIndexes, dropSql, type IndexNeed } from '../analyze/mysql-indexes.ts';
import type { AdvisedDatabase } from '../commands/recommendations-view.ts';
import type { OptimizerOptions } from '../options.ts';
import type { CreateIndex } from '../recommendation.ts';
import { workloadQuery } from '../simple/workload-query.ts';
import { adviseSqlite, type SqliteAdvice } from '../sqlite/advise.ts';
import { openPlanner } from '../sqlite/planner.ts';
import { proveSqlite } from '../sqlite/prove.ts';
import { statementsOf } from '../sqlite/queries.ts';
import { observeMysql } from './observe-mysql.ts';

type Context = CommandContext<OptimizerOptions>;

export interface OtherAdvice {
  /** null: nothing could be said; the assessment says why. */
  database: AdvisedDatabase | null;
  assessment: ReturnType<typeof emptyAssessment>;
}

/** Of one step in a copy: making it, building an index, one run of a query. */
const STEP_TIMEOUT_MS = 60_000;
/** Files that are larger are not copied. */
const MAX_COPY_BYTES = 2_000_000_000;
const ROUNDS = 5;
const MAX_FILE_BYTES = 1_000_000;

/** Advice for a SQLite file: its queries come from the user, and every index is proven on copies of the file. */
export async function recommendSqlite(
  ctx: Context,
  { target, session }: OpenDatabase,
  { queries, skipProof }: { queries?: string | undefined; skipProof: boolean },
): Promise<OtherAdvice> {
  if (queries === undefined) {
    return unseen({
      subject: databaseSubject(target.name),
      reason: 'SQLite keeps no statistics of queries',
      hint: `Give a file of them: rearguard queries recommendations --target ${target.name} --queries queries.sql`,
    });
  }
  const startedMs = ctx.clock.monotonicMs();
  const text = await ctx.files.readText(resolve(ctx.directory, queries), MAX_FILE_BYTES);
  const statements = statementsOf(text);
  const { pages } = await readSqliteHealth(session);
  const catalog = await readSqliteCatalog(session, pages);
  const step = { timeoutMs: STEP_TIMEOUT_MS, signal: ctx.signal };
  const counted = new Map<string, number>();
  for (const { name, kind } of catalog.tables) {
    if (kind === 'table') counted.set(name, await countRows(session, name));
  }
  const planner = await openPlanner(session, catalog, ctx.sqliteCopies, step);
  const rowsOf = ({ name, rows }: CatalogTable): number => rows ?? counted.get(name) ?? 0;
  let advice: SqliteAdvice;
  try {
    advice = await adviseSqlite(statements, catalog, planner, rowsOf);
  } finally {
    await planner.close();
  }
  const recommendations: CreateIndex[] = [];
  for (const [index, one] of advice.recommendations.entries()) {
    ctx.progress(index, advice.recommendations.length, 'proving indexes in copies of the file');
    const options = { ...step, maxBytes: MAX_COPY_BYTES, rounds: ROUNDS };
    const proof = skipProof ? null : await proveSqlite(target.url, one, ctx.sqliteCopies, options);
    recommendations.push({ ...one, proof, sizeBytes: proof?.sizeBytes ?? one.sizeBytes });
  }
  const nowMs = ctx.clock.wallMs();
  const all = [
    ...recommendations.flatMap(({ effects }) => effects.map(({ query }) => query)),
    ...advice.reasons.map(({ query }) => givenQuery(query)),
  ];
  return {
    database: {
      target: target.name,
      workload: { fromMs: nowMs, toMs: nowMs, queries: all, leftOut: [], writes: new Map() },
      recommendations,
      advice: adviceOf(recommendations, advice.reasons.map(toReason), ctx.clock.monotonicMs() - startedMs),
    },
    assessment: emptyAssessment(),
  };
}

/** Advice for MySQL and MariaDB from what they counted: nobody can plan there with an index that does not exist. */
export async function recommendMysql(
  ctx: Context,
  database: OpenDatabase,
  watchMs: number,
): Promise<OtherAdvice> {
  const startedMs = ctx.clock.monotonicMs();
  const target = database.target.name;
  const { observation, coverage, notChecked, needs = [] } = await observeMysql(ctx, database, watchMs);
  if (observation === null || coverage === null)
    return { database: null, assessment: { ...emptyAssessment(), notChecked: [...notChecked] } };
  const recommendations = needs.map((need) => toRecommendation(need, coverage.trackedMs));
  const assessment = assessMysqlIndexes(target, needs, { ...observation.workload, coverage }, ctx.options);
  const gap = {
    subject: databaseSubject(target),
    reason: 'no index was tried: neither MySQL nor MariaDB can plan with one that does not exist',
    hint: 'Build it on a copy with the rows of the real one, and compare EXPLAIN and the time.',
  };
  return {
    database: {
      target,
      workload: observation.workload,
      recommendations,
      advice: adviceOf(recommendations, [], ctx.clock.monotonicMs() - startedMs),
    },
    assessment: { ...assessment, notChecked: [...notChecked, ...(needs.length > 0 ? [gap] : [])] },
  };
}

function unseen(gap: Coverage['notChecked'][number]): OtherAdvice {
  return { database: null, assessment: { ...emptyAssessment(), notChecked: [gap] } };
}

async function countRows(session: OpenDatabase['session'], table: string): Promise<number> {
  const quoted = `"${table.replaceAll('"', '""')}"`;
  const [row] = await session.query<{ n: number }>(`SELECT MAX(rowid) AS n FROM ${quoted}`).catch(() => []);
  return row?.n ?? 0;
}

function toRecommendation(
  { delta, query, needs, index, name, plan }: IndexNeed,
  trackedMs: number,
): CreateIndex {
  const perCall = Math.max(1, (delta.rowsExamined ?? 0) / delta.calls);
  const returned = Math.max(1, delta.rows / delta.calls);
  const share = trackedMs === 0 ? 0 : delta.totalMs / trackedMs;
  return {
    kind: 'create-index',
    id: createId(index),
    because: `${query.shape.label} reads ${Math.round(perCall)} rows a call of ${needs.table.name} and returns ${Math.round(returned)}${plan === null ? '' : `; EXPLAIN: type ${plan.access}, key ${plan.key ?? 'NULL'}`}`,
    statement: `${createMysqlIndex(index, name)};`,
    rollback: dropSql(index, name),
    notes: [
      'InnoDB builds it while others read and write; at the beginning and the end it waits for open transactions on the table.',
      'What it saves is an estimate from rows read: it was not tried.',
    ],
    gainShare: share * (1 - returned / perCall),
    proof: null,
    index,
    name,
    sizeBytes: 0,
    writeShare: 0,
    effects: [],
  };
}

function givenQuery(text: string) {
  const [verb = 'select'] = text.trim().toLowerCase().split(/\s/, 1);
  const kind = verb === 'update' || verb === 'delete' ? verb : 'select';
  return workloadQuery(text, { kind, tables: [], isCount: false });
}

function toReason({ query, reason }: { query: string; reason: string }): QueryReason {
  const code = reason.includes('already')
    ? 'already-served'
    : reason.includes('small')
      ? 'table-too-small'
      : 'no-condition';
  const given = givenQuery(query);
  const label = query.replaceAll(/\s+/g, ' ').slice(0, 60);
  return { query: { ...given, shape: { ...given.shape, label } }, code, reason };
}

function adviceOf(
  creates: readonly CreateIndex[],
  reasons: readonly QueryReason[],
  elapsedMs: number,
): Advice {
  return {
    creates,
    drops: [],
    reasons,
    refused: [],
    kept: [],
    stats: {
      plansAsked: creates.reduce((sum, { effects }) => sum + 2 * effects.length, 0),
      candidates: creates.length,
      elapsedMs,
      complete: true,
      expectedShare: Math.max(0, 1 - creates.reduce((sum, { gainShare }) => sum + gainShare, 0)),
    },
  };
}
