import type { Comparison, Proof } from '../recommendation.ts';
import type { Value } from '../../_shared/sql/types.ts';
import { quoteIdentifier } from '../../_shared/database/index-statement.ts';
import { bindValues, type Literal, type Values } from './bind.ts';
import { withoutSemicolon } from './bound.ts';
import { digestOf } from './results.ts';
import type { Sandbox } from './types.ts';

type Pages = Extract<Comparison, { kind: 'pages' }>;

export interface PagesRequest {
  comparison: Pages;
  /** The rewrite: one page from the values that are handed on. */
  after: string;
  values: Values;
  clone: Sandbox;
}

/** Walked from each beginning. */
const PAGES = 10;
/** What "deep" is measured at, or half of what there is. */
const DEEP = 50_000;
const FEWEST = 3;

/**
 * Walks pages both ways, from the beginning and from the deep page on, and compares them row by row.
 * @returns how many were compared, when all are the same
 */
export async function checkPages(
  request: PagesRequest,
): Promise<Pick<Proof, 'verdict' | 'reason'> | { pages: number }> {
  const size = pageSize(request);
  const deep = await deepOffset(request, size);
  if (deep === null) return { verdict: 'not-proven', reason: 'The table has too few rows for a deep page.' };
  let pages = 0;
  for (const start of [0, deep]) {
    let last = await lastRow(request, start, size);
    for (let page = 1; page <= PAGES && last !== null; page += 1) {
      const offset = start + page * size;
      const [expected, got] = [
        await rowsOf(request, request.comparison.ordered, placed(request.comparison, size, offset)),
        await rowsOf(request, request.after, new Map([...placed(request.comparison, size, 0), ...last])),
      ];
      if (sequenceOf(expected) !== sequenceOf(got))
        return { verdict: 'refuted', reason: `Page ${offset / size + 1} is not the same.` };
      pages += 1;
      last = expected.length < size ? null : await lastRow(request, offset, size);
    }
  }
  return { pages };
}

/** The same deep page both ways: its place as OFFSET, and the row before it. null: there are too few rows. */
export async function deepPage(request: PagesRequest): Promise<{ before: Values; after: Values } | null> {
  const size = pageSize(request);
  const deep = await deepOffset(request, size);
  const last = deep === null ? null : await lastRow(request, deep - size, size);
  if (deep === null || last === null) return null;
  return {
    before: placed(request.comparison, size, deep),
    after: new Map([...placed(request.comparison, size, 0), ...last]),
  };
}

/** A multiple of the page size. */
async function deepOffset(request: PagesRequest, size: number): Promise<number | null> {
  const all = withoutSemicolon(
    await bindValues(
      request.comparison.ordered,
      new Map([...request.values, ...placed(request.comparison, DEEP + PAGES * size, 0)]),
    ),
  );
  const [row] = await request.clone.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM (${all}) AS q`,
  );
  const count = row?.count ?? 0;
  if (count < FEWEST * size) return null;
  return Math.max(1, Math.floor(Math.min(DEEP, count / 2) / size)) * size;
}

function pageSize({ comparison, values }: PagesRequest): number {
  return Math.max(1, numberOf(comparison.limit, values));
}

function numberOf(value: Value, values: Values): number {
  if (value.kind === 'constant') return Number(value.text);
  return value.kind === 'parameter' ? Number(values.get(value.number)?.text ?? 1) : 1;
}

function placed({ limit, offset }: Pages, size: number, skip: number): Map<number, Literal> {
  const values = new Map<number, Literal>();
  if (limit.kind === 'parameter') values.set(limit.number, { text: String(size), type: 'bigint' });
  if (offset.kind === 'parameter') values.set(offset.number, { text: String(skip), type: 'bigint' });
  return values;
}

async function rowsOf(
  { clone, values }: PagesRequest,
  sql: string,
  more: Values,
): Promise<Record<string, unknown>[]> {
  return clone.query(withoutSemicolon(await bindValues(sql, new Map([...values, ...more]))));
}

/** What the last row of a page hands on, as text: the driver's own types would round microseconds. */
async function lastRow(
  { comparison, clone, values }: PagesRequest,
  offset: number,
  size: number,
): Promise<Values | null> {
  const page = await bindValues(
    comparison.ordered,
    new Map([...values, ...placed(comparison, 1, offset + size - 1)]),
  );
  const columns = comparison.handOn.map(
    ({ column }, position) => `q.${quoteIdentifier(column)}::text AS h${position}`,
  );
  const [row] = await clone.query(`SELECT ${columns.join(', ')} FROM (${withoutSemicolon(page)}) AS q`);
  if (row === undefined) return null;
  return new Map(
    comparison.handOn.map(({ parameter }, position) => [
      parameter,
      { text: String(row[`h${position}`]), type: null },
    ]),
  );
}

/** In their order, all columns. */
function sequenceOf(rows: readonly Record<string, unknown>[]): string {
  return digestOf(
    rows.map((row) => ({ all: Object.values(row) })),
    { keys: ['all'] },
  ).sequence;
}
