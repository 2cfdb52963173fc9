import type { SqlSession } from '../../../platform/sql/types.ts';
import { tokenize } from '../../../core/sql-tokens.ts';
import { type Assessment, emptyAssessment } from '../../../core/assessment.ts';
import type { Catalog, IndexDefinition } from '../../_shared/database/catalog.ts';
import { createMysqlIndex, quoteMysql } from '../../_shared/database/mysql/catalog.ts';
import { readSimpleQuery, type SimpleQuery, type TableNeeds } from '../../_shared/database/simple-query.ts';
import type { StatementDelta, StatementWindow } from '../../_shared/database/statements.ts';
import { querySubject, tableSubject } from '../../_shared/database/subjects.ts';
import { indexName } from '../advisor/index-sql.ts';
import type { OptimizerOptions } from '../options.ts';
import { RULES } from '../rules.ts';
import { candidatesFor } from '../simple/candidates.ts';
import { workloadQuery } from '../simple/workload-query.ts';
import type { WorkloadQuery } from '../workload.ts';
import { rounded } from './figures.ts';

/** A statement that reads a table whole, and the index that its conditions ask for. */
export interface IndexNeed {
  delta: StatementDelta;
  query: WorkloadQuery;
  needs: TableNeeds;
  index: IndexDefinition;
  name: string;
  /** What EXPLAIN says of the table, with values from the table in place of the digest's; null: it took no such text. */
  plan: { access: string; key: string | null; rows: number } | null;
}

/** Below this many rows for each one returned, a scan is no waste. */
const MIN_READ_PER_ROW = 50;
const MIN_CALLS = 3;
/** Statements that are looked into; the most expensive come first. */
const MAX_LOOKED_INTO = 50;

interface ExplainRow extends Record<string, unknown> {
  table: string | null;
  type: string | null;
  key: string | null;
  rows: number | string | null;
}

/** Reads the digests of a window, and asks the server how it plans those that read much more than they return. */
export async function needsOf(
  session: SqlSession,
  window: StatementWindow,
  catalog: Catalog,
): Promise<IndexNeed[]> {
  const taken = new Set(catalog.tables.flatMap(({ indexes }) => indexes.map(({ name }) => name)));
  const found: IndexNeed[] = [];
  for (const delta of window.statements.filter(isWasteful).slice(0, MAX_LOOKED_INTO)) {
    const reading = readSimpleQuery(delta.text ?? '', 'mysql', catalog, delta.database);
    if (!reading.known) continue;
    const plan = await explain(session, delta, reading.query);
    const needs = scannedOf(reading.query, plan);
    const [index] = needs === null ? [] : candidatesFor(needs);
    if (needs === null || index === undefined) continue;
    const name = indexName(index, taken);
    taken.add(name);
    found.push({
      delta,
      query: workloadQuery(delta.text ?? '', reading.query, delta),
      needs,
      index,
      name,
      plan: planOf(plan, needs),
    });
  }
  return found;
}

function isWasteful({ calls, rows, rowsExamined, callsWithoutIndex }: StatementDelta): boolean {
  const perRow = (rowsExamined ?? 0) / Math.max(rows, calls);
  return calls >= MIN_CALLS && perRow >= MIN_READ_PER_ROW && (callsWithoutIndex ?? 0) >= calls / 2;
}

/** The largest table that is read whole; by the conditions alone where nobody could explain it. */
function scannedOf({ tables }: SimpleQuery, plan: readonly ExplainRow[] | null): TableNeeds | null {
  const scanned =
    plan === null
      ? tables
      : tables.filter(({ alias }) =>
          plan.some((row) => row.table === alias && row.key === null && row.type === 'ALL'),
        );
  const [largest] = scanned.toSorted((a, b) => (b.table.rows ?? 0) - (a.table.rows ?? 0));
  return largest ?? null;
}

function planOf(plan: readonly ExplainRow[] | null, { alias }: TableNeeds): IndexNeed['plan'] {
  const row = plan?.find(({ table }) => table === alias);
  return row === undefined ? null : { access: row.type ?? '?', key: row.key, rows: Number(row.rows ?? 0) };
}

/** null: the server did not take the text, which has no values and is not always valid SQL. */
async function explain(
  session: SqlSession,
  { text, database }: StatementDelta,
  query: SimpleQuery,
): Promise<ExplainRow[] | null> {
  try {
    const values = await sampleValues(session, query);
    const sql = qualified(filled(text ?? '', values), query, database);
    return await session.query<ExplainRow>(`EXPLAIN ${sql}`);
  } catch {
    return null;
  }
}

/** One row of each table: its values are as typical as any. */
async function sampleValues(session: SqlSession, { tables }: SimpleQuery): Promise<Map<string, string>> {
  const values = new Map<string, string>();
  for (const { table, equality, range } of tables) {
    const columns = [...equality, ...range];
    if (columns.length === 0) continue;
    const list = columns.map((column) => `QUOTE(${quoteMysql(column)}) AS ${quoteMysql(column)}`).join(', ');
    const [row] = await session.query<Record<string, string | null>>(
      `SELECT ${list} FROM ${quoteMysql(table.schema)}.${quoteMysql(table.name)} LIMIT 1`,
    );
    for (const column of columns) values.set(column.toLowerCase(), row?.[column] ?? 'NULL');
  }
  return values;
}

/** The text with a value for each `?`: that of the column it is compared with, else a small number. */
export function filled(text: string, values: ReadonlyMap<string, string>): string {
  const tokens = tokenize(text, 'mysql');
  let result = '';
  let at = 0;
  let column: string | undefined;
  for (const [index, token] of tokens.entries()) {
    const isName = token.kind === 'name' || token.kind === 'word';
    if (isName && values.has(token.text.toLowerCase())) column = token.text.toLowerCase();
    if (isName && /^(?:limit|offset|interval)$/i.test(token.text)) column = undefined;
    // MariaDB shortens lists to `(...)`.
    const isDots = token.text === '.' && tokens[index - 1]?.text === '(' && tokens[index + 1]?.text === '.';
    if (token.kind === 'parameter' || isDots) {
      result +=
        text.slice(at, token.start) + ((column === undefined ? undefined : values.get(column)) ?? '10');
      at = isDots ? (tokens[index + 2]?.end ?? token.end) : token.end;
    }
  }
  return (result + text.slice(at)).replaceAll(/`(\w+)` \(/g, '$1(').replaceAll(/\bSQL_TSI_(\w+)\b/g, '$1');
}

/** EXPLAIN needs to know whose tables are meant; the session may be in no database at all. */
function qualified(text: string, { tables }: SimpleQuery, database: string | null): string {
  if (database === null) return text;
  return tables.reduce((sql, { table }) => {
    const name = `\`${table.name}\``;
    return sql.replaceAll(
      new RegExp(String.raw`(?<=\b(?:FROM|JOIN|UPDATE)\s+|,\s*)${escaped(name)}(?!\s*\.)`, 'gi'),
      () => `${quoteMysql(table.schema)}.${name}`,
    );
  }, text);
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}

/** The rule about missing indexes, on what the server counted; no planner was asked "what if". */
export function assessMysqlIndexes(
  target: string,
  needs: readonly IndexNeed[],
  { coverage, fromMs, toMs }: Pick<StatementWindow, 'coverage' | 'fromMs' | 'toMs'>,
  { minShare, minTime, indexable }: OptimizerOptions,
): Assessment {
  const rule = RULES.missingIndex;
  const assessment = emptyAssessment();
  for (const { delta, query, needs: of, index, name, plan } of needs) {
    const subject = querySubject(target, query.shape);
    assessment.checked.push({ subject, rule });
    const share = coverage.trackedMs > 0 ? delta.totalMs / coverage.trackedMs : 0;
    if ((of.table.rows ?? 0) < indexable.rows || ((delta.meanMs ?? 0) < minTime && share < minShare))
      continue;
    const minutes = Math.max(1, toMs - fromMs) / 60_000;
    assessment.findings.push({
      rule: rule.id,
      severity: share >= 0.25 ? 'high' : 'medium',
      confidence: plan === null ? 'possible' : 'likely',
      title: `${query.shape.label} reads all of ${of.table.name} for want of an index`,
      subject,
      evidence: [
        { label: 'calls', value: delta.calls },
        { label: 'rows read a call', value: Math.round((delta.rowsExamined ?? 0) / delta.calls) },
        { label: 'rows returned or changed a call', value: rounded(delta.rows / delta.calls) },
        { label: 'calls that used no index', value: delta.callsWithoutIndex ?? 0 },
        { label: 'mean time', value: Number((delta.meanMs ?? 0).toPrecision(3)), unit: 'ms' },
        ...(plan === null
          ? []
          : [
              {
                label: 'EXPLAIN',
                value: `type ${plan.access}, key ${plan.key ?? 'NULL'}, rows ${plan.rows}`,
              },
            ]),
        { label: 'table', value: tableSubject(target, of.table.name).name },
        { label: 'query', value: '', sample: delta.text ?? '' },
      ],
      impact: {
        summary: `It takes ${Number((100 * share).toFixed(1))} % of the time of all queries`,
        basis: 'measured',
        value: Number((100 * share).toFixed(1)),
        unit: '%',
      },
      fix: {
        summary: 'Create the index: InnoDB builds it while others read and write.',
        steps: [
          'It was not tried: neither MySQL nor MariaDB can plan with an index that does not exist. Build it on a copy first, or at a quiet time.',
          `See whether it is used: EXPLAIN must name ${name}. To undo it: \`${dropSql(index, name)}\``,
        ],
        patch: `${createMysqlIndex(index, name)};`,
      },
      check: {
        command: 'analyze',
        input: {
          target,
          query: `${query.shape.label} ${query.shape.key.slice(0, 8)}`,
          rule: 'missing-index',
          callsPerMinute: Number((delta.calls / minutes).toPrecision(3)),
        },
      },
    });
  }
  return assessment;
}

export function dropSql({ schema, table }: IndexDefinition, name: string): string {
  return `ALTER TABLE ${quoteMysql(schema)}.${quoteMysql(table)} DROP INDEX ${quoteMysql(name)};`;
}
