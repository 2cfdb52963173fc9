import { reasonOf } from '../../../core/errors.ts';
import type { WorkloadQuery } from '../workload.ts';
import { bindValues } from './bind.ts';
import type { DrawKind } from './draw.ts';
import { type ResultOrder, resultOrder } from './result-order.ts';
import type { ProofRequest, Sandbox } from './types.ts';
import { drawValues } from './values.ts';

/** A query of the workload with values in the place of its placeholders. */
export interface BoundQuery {
  query: WorkloadQuery;
  draw: DrawKind;
  sql: string;
  order: ResultOrder;
  /** Share of the query's calls that this draw stands for. */
  weight: number;
}

/** A query that cannot be run in the copy, and why; one sentence without a full stop. */
export interface UnboundQuery {
  query: WorkloadQuery;
  reason: string;
}

export interface BoundWorkload {
  bound: readonly BoundQuery[];
  unbound: readonly UnboundQuery[];
}

/** Draws that give no row where calls do are tried again: independent values of two tables seldom fit together. */
const ATTEMPTS = 4;

/** Everything of the workload that only reads, ready to be run. Nothing is left out in silence. */
export async function bindWorkload(request: ProofRequest): Promise<BoundWorkload> {
  const volatile = await volatileFunctions(
    request.clone,
    request.workload.queries.flatMap(({ shape }) => shape.traits.functions),
  );
  const bound: BoundQuery[] = [];
  const unbound: UnboundQuery[] = [];
  for (const query of request.workload.queries) {
    request.signal.throwIfAborted();
    const obstacle = obstacleTo(query, volatile);
    const outcome = obstacle ?? (await bindQuery(query, request));
    if (typeof outcome === 'string') unbound.push({ query, reason: outcome });
    else bound.push(...outcome);
  }
  return { bound, unbound };
}

/** @returns the query with each kind of values, or why not */
export async function bindQuery(
  query: WorkloadQuery,
  request: Pick<ProofRequest, 'catalog' | 'clone' | 'random'>,
): Promise<BoundQuery[] | string> {
  const [text] = query.texts;
  if (text === undefined) return 'its text is not known';
  try {
    const { draws, unknown } = await drawFitting(query, text, request);
    if (unknown !== null) return unknown;
    return await Promise.all(
      draws.map(async ({ kind, values }) => {
        const sql = withoutSemicolon(await bindValues(text, values));
        const order = await resultOrder(sql, request.catalog);
        return { query, draw: kind, sql, order, weight: query.calls / draws.length };
      }),
    );
  } catch (error) {
    return `the copy does not take it: ${reasonOf(error)}`;
  }
}

async function drawFitting(
  query: WorkloadQuery,
  text: string,
  { catalog, clone, random }: Pick<ProofRequest, 'catalog' | 'clone' | 'random'>,
): ReturnType<typeof drawValues> {
  let drawn = await drawValues({ query, text, catalog, sandbox: clone, random });
  const expectsRows = query.calls > 0 && query.rows / query.calls >= 0.5;
  if (!expectsRows) return drawn;
  for (let attempt = 1; attempt < ATTEMPTS; attempt += 1) {
    const [typical] = drawn.draws;
    if (typical === undefined || typical.values.size === 0) break;
    const sql = withoutSemicolon(await bindValues(text, typical.values));
    const [row] = await clone.query<{ found: boolean }>(`SELECT EXISTS (SELECT FROM (${sql}) AS q) AS found`);
    if (row?.found === true) break;
    drawn = await drawValues({ query, text, catalog, sandbox: clone, random });
  }
  return drawn;
}

/** Why a query of the user's is not run, not even in a copy; null: it may be. */
function obstacleTo({ shape }: WorkloadQuery, volatile: ReadonlySet<string>): string | null {
  if (shape.kind !== 'select' || shape.traits.modifiesData)
    return 'it changes data, which is never done, not even in a copy';
  if (shape.traits.locking !== null) return 'it locks rows';
  const called = shape.traits.functions.find((name) => volatile.has(lastPart(name)));
  return called === undefined ? null : `it calls ${lastPart(called)}(), which is volatile`;
}

/** Those of the functions of which any variant is volatile. */
async function volatileFunctions(sandbox: Sandbox, names: readonly string[]): Promise<Set<string>> {
  const wanted = [...new Set(names.map(lastPart))];
  const rows = await sandbox.query<{ proname: string }>(
    "SELECT DISTINCT proname::text FROM pg_catalog.pg_proc WHERE provolatile = 'v' AND proname = ANY ($1)",
    [wanted],
  );
  return new Set(rows.map(({ proname }) => proname));
}

function lastPart(name: string): string {
  return name.split('.').at(-1) ?? name;
}

export function withoutSemicolon(sql: string): string {
  return sql.trim().replace(/;\s*$/, '');
}
