import { bindValues, type Literal } from '../proof/bind.ts';
import type { Sandbox } from '../proof/types.ts';
import type { Comparison, Rewrite } from '../recommendation.ts';

type Values = ReadonlyMap<number, Literal>;
type Row = Record<string, unknown>;

/** What a query and its rewrite return, in a form in which they must be equal. */
export interface BothWays {
  before: readonly unknown[];
  after: readonly unknown[];
}

export function literalOf(value: unknown): Literal {
  return { text: String(value), type: null };
}

/** Runs both over the data that is there now; written without any of what the proof itself uses to compare. */
export async function bothWays(sandbox: Sandbox, rewrite: Rewrite, given: Values): Promise<BothWays> {
  const run = async (sql: string, more: Values = new Map()): Promise<Row[]> =>
    sandbox.query(await bindValues(sql, new Map([...given, ...more])));
  const before = rewrite.query.texts[0] ?? '';
  const { after, comparison } = rewrite;
  switch (comparison.kind) {
    case 'rows': {
      const isOrdered = before.includes('ORDER BY');
      const [old, now] = [texts(await run(before)), texts(await run(after))];
      return isOrdered ? { before: old, after: now } : { before: old.sort(), after: now.sort() };
    }
    case 'pages':
      return pages(run, after, comparison);
    case 'batch': {
      const keys = [1, 2, 3, 7];
      const single: Row[] = [];
      for (const key of keys)
        single.push(...(await run(before, new Map([[comparison.parameter, literalOf(key)]]))));
      const all = await run(after, new Map([[comparison.parameter, literalOf(`{${keys.join(',')}}`)]]));
      const bare = all.map((row) =>
        Object.fromEntries(Object.entries(row).filter(([name]) => name !== comparison.added)),
      );
      return { before: texts(single).sort(), after: texts(bare).sort() };
    }
    case 'more': {
      const shown = 5;
      const [count] = await run(before);
      const [more] = await run(after, new Map([[comparison.parameter, literalOf(shown)]]));
      return { before: [Number(count?.['count']) > shown], after: [more?.['has_more']] };
    }
    default:
      return { before: texts(await run(before)), after: texts(await run(after)) };
  }
}

/** From page to page, to the last one. */
async function pages(
  run: (sql: string, more: Values) => Promise<Row[]>,
  after: string,
  { ordered, limit, offset, handOn }: Extract<Comparison, { kind: 'pages' }>,
): Promise<BothWays> {
  const size = limit.kind === 'constant' ? Number(limit.text) : 3;
  const sized: [number, Literal][] = limit.kind === 'parameter' ? [[limit.number, literalOf(size)]] : [];
  const both: { before: string[]; after: string[] } = { before: [], after: [] };
  let page: Row[] = [];
  for (let skip = 0; ; skip += size) {
    const last = page.at(-1);
    const place: [number, Literal][] = offset.kind === 'parameter' ? [[offset.number, literalOf(skip)]] : [];
    page = await run(ordered, new Map([...sized, ...place]));
    if (last !== undefined) {
      const handed = handOn.map(({ column, parameter }): [number, Literal] => {
        const value = last[column];
        return [parameter, literalOf(value instanceof Date ? value.toISOString() : value)];
      });
      both.before.push(...texts(page));
      both.after.push(...texts(await run(after, new Map([...sized, ...handed]))));
    }
    if (page.length < size) return both;
  }
}

function texts(rows: readonly Row[]): string[] {
  return rows.map((row) => JSON.stringify(row));
}
