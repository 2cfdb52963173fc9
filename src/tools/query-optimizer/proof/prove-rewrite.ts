import { counted } from '../../../core/counted.ts';
import { reasonOf } from '../../../core/errors.ts';
import type { Proof, QueryProof, Rewrite } from '../recommendation.ts';
import { bindValues, type Values } from './bind.ts';
import { withoutSemicolon } from './bound.ts';
import { queryProof } from './compare.ts';
import { judgePairs, type Judgement } from './judge.ts';
import { measureSides, type Side } from './measure.ts';
import { emptyProof } from './prove-indexes.ts';
import { checkPages, deepPage } from './prove-pages.ts';
import { type ResultOrder, resultOrder } from './result-order.ts';
import { sameResult } from './results.ts';
import type { ProofRequest } from './types.ts';
import type { DrawKind } from './draw.ts';
import { drawValues } from './values.ts';
import { gainText } from './verdict.ts';

export type RewriteRequest = Omit<
  ProofRequest,
  'recommendations' | 'workload' | 'progress' | 'monotonicMs'
> & {
  rewrite: Rewrite;
};

/** Why there is nothing to measure. */
type Verdict = Pick<Proof, 'verdict' | 'reason'>;

/** Two ways to ask, ready to be run. */
interface Sides {
  before: Side;
  after: Side;
  order: ResultOrder;
  kind: DrawKind;
  /** That were walked both ways. */
  pages?: number;
}

/**
 * Runs a query and its rewrite in turn with the same values and compares what they return. Proven means: the same
 * result each time, and less work.
 */
export async function proveRewrite(request: RewriteRequest): Promise<Rewrite> {
  const { rewrite, signal } = request;
  try {
    return { ...rewrite, proof: await proofOfRewrite(request) };
  } catch (error) {
    signal.throwIfAborted();
    const reason = `The copy does not take it: ${reasonOf(error)}.`;
    return { ...rewrite, proof: emptyProof({ verdict: 'not-proven', reason }, request) };
  }
}

async function proofOfRewrite(request: RewriteRequest): Promise<Proof> {
  const sides = await sidesOf(request);
  if ('verdict' in sides) return emptyProof(sides, request);
  const queries: QueryProof[] = [];
  const judgements: Judgement[] = [];
  for (const { before, after, order, kind } of sides) {
    const measurement = await measureSides(request.clone, { before, after }, request.options, order);
    const same = sameResult(measurement.before.result, measurement.after.result, order);
    const judgement = judgePairs(measurement.pairs, request.options);
    const bound = { query: request.rewrite.query, draw: kind };
    queries.push(queryProof(bound, measurement, judgement, same === true));
    judgements.push(judgement);
    if (same === null) {
      const reason =
        'The query leaves its own result open (order inside an aggregate), so equality cannot be shown.';
      return { ...emptyProof({ verdict: 'not-proven', reason }, request), queries };
    }
  }
  return { ...emptyProof(verdictOf(sides, queries, judgements, request), request), queries };
}

function verdictOf(
  sides: readonly Sides[],
  queries: readonly QueryProof[],
  judgements: readonly Judgement[],
  { options }: Pick<ProofRequest, 'options'>,
): Verdict {
  const different = queries.find(({ sameResult }) => !sameResult);
  if (different !== undefined) {
    return { verdict: 'refuted', reason: `It returns something else: ${different.label}.` };
  }
  if (judgements.some(({ slower }) => slower)) {
    return {
      verdict: 'refuted',
      reason: `The result is the same, but it is slower by more than ${options.slower.ratio} times and ${options.slower.ms} ms.`,
    };
  }
  if (!judgements.some(({ better }) => better)) {
    return { verdict: 'refuted', reason: 'The result is the same, and nothing is gained.' };
  }
  const sum = (side: 'before' | 'after'): { ms: number; buffers: number } => ({
    ms: judgements.reduce((total, judgement) => total + judgement[side].ms, 0),
    buffers: judgements.reduce((total, judgement) => total + judgement[side].buffers, 0),
  });
  return {
    verdict: 'proven',
    reason: `${sameText(sides)}; ${gainText({ before: sum('before'), after: sum('after') }).toLowerCase()}.`,
  };
}

function sameText(sides: readonly Sides[]): string {
  const [{ pages } = {}] = sides;
  return pages === undefined
    ? `The same result for ${counted(sides.length, 'choice')} of values`
    : `${counted(pages, 'page')} walked both ways, from the first and from a deep one on, are the same`;
}

/** @returns a verdict where values cannot be found, or where the results already part */
async function sidesOf(request: RewriteRequest): Promise<Sides[] | Verdict> {
  const { rewrite, catalog, clone } = request;
  const [text] = rewrite.query.texts;
  if (text === undefined) return notProven('The text of the query is not known.');
  const { draws, unknown } = await drawValues({
    query: rewrite.query,
    text,
    // A batch is given a list, of which the look-ups get one key each.
    ...(rewrite.comparison.kind === 'batch' ? { arrays: [rewrite.comparison.parameter] } : {}),
    catalog,
    sandbox: clone,
    random: request.random,
  });
  if (unknown !== null) return notProven(`It cannot be run: ${unknown}.`);
  const order = await resultOrder(text, catalog);
  const sides: Sides[] = [];
  // Pages have a depth of their own, whatever the values are.
  const wanted = rewrite.comparison.kind === 'pages' ? draws.slice(0, 1) : draws;
  for (const { kind, values } of wanted) {
    const pair = await pairFor(request, text, values, order);
    if ('verdict' in pair) return pair;
    sides.push({ ...pair, kind });
  }
  return sides;
}

async function pairFor(
  request: RewriteRequest,
  text: string,
  values: Values,
  order: ResultOrder,
): Promise<Omit<Sides, 'kind'> | Verdict> {
  const { rewrite, clone } = request;
  const { comparison } = rewrite;
  const bound = async (sql: string, more: Values = values): Promise<Side> => ({
    sqls: [withoutSemicolon(await bindValues(sql, new Map([...values, ...more])))],
    without: [],
  });
  switch (comparison.kind) {
    case 'rows':
      return { before: await bound(text), after: await bound(rewrite.after), order };
    case 'any-row':
      return {
        before: { ...(await bound(text)), read: anyRow },
        after: { ...(await bound(rewrite.after)), read: anyRow },
        order: FIXED,
      };
    case 'more': {
      const more = new Map([[comparison.parameter, { text: String(MORE_THAN), type: 'bigint' }]]);
      return {
        before: { ...(await bound(text)), read: (rows) => [{ any: Number(firstValue(rows)) > MORE_THAN }] },
        after: { ...(await bound(rewrite.after, more)), read: anyRow },
        order: FIXED,
      };
    }
    case 'batch':
      return batchPair(request, text, values);
    default: {
      const walked = await checkPages({ comparison, after: rewrite.after, values, clone });
      if ('verdict' in walked) return walked;
      const deep = await deepPage({ comparison, after: rewrite.after, values, clone });
      if (deep === null) return notProven('The table has too few rows for a deep page.');
      return {
        before: await bound(text, deep.before),
        after: await bound(rewrite.after, deep.after),
        order: { ...order, openRows: true },
        pages: walked.pages,
      };
    }
  }
}

function notProven(reason: string): Verdict {
  return { verdict: 'not-proven', reason };
}

const FIXED: ResultOrder = { keys: [], openRows: false, openValues: false };
/** `is there a second page?`: the question that a count is usually asked for. */
const MORE_THAN = 20;

async function batchPair(
  { rewrite, clone }: RewriteRequest,
  text: string,
  values: Values,
): Promise<Omit<Sides, 'kind'> | Verdict> {
  const { comparison } = rewrite;
  if (comparison.kind !== 'batch') return notProven('It is no batch.');
  const { added } = comparison;
  const list = values.get(comparison.parameter);
  if (list === undefined) return notProven('It cannot be run: no keys were found.');
  const keys = await clone.query<{ key: string }>('SELECT DISTINCT unnest($1::text[]) AS key', [list.text]);
  const single = keys.map(async ({ key }) =>
    withoutSemicolon(
      await bindValues(text, new Map([...values, [comparison.parameter, { text: key, type: null }]])),
    ),
  );
  return {
    before: { sqls: await Promise.all(single), without: [] },
    after: {
      sqls: [withoutSemicolon(await bindValues(rewrite.after, values))],
      without: [],
      ...(added === null ? {} : { read: (rows: Rows) => rows.map((row) => without(row, added)) }),
    },
    order: FIXED,
  };
}

function without(row: Rows[number], column: string): Rows[number] {
  return Object.fromEntries(Object.entries(row).filter(([name]) => name !== column));
}

type Rows = Parameters<NonNullable<Side['read']>>[0];

function firstValue([row]: Rows): unknown {
  return row === undefined ? null : Object.values(row)[0];
}

/** A count, or a yes. */
function anyRow(rows: Rows): Rows {
  const value = firstValue(rows);
  return [{ any: value === true || (value !== false && Number(value) > 0) }];
}
