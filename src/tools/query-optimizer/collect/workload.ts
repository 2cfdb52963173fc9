import { groupBy } from '../../../core/group-by.ts';
import type { Catalog } from '../../_shared/database/catalog.ts';
import type { Origin } from '../../_shared/database/origin.ts';
import { originOf, originOfApplication } from '../../_shared/database/origin-comment.ts';
import type { StatementDelta, StatementWindow } from '../../_shared/database/statements.ts';
import { loadSqlParser } from '../../_shared/sql/parser.ts';
import { shapeReader } from '../../_shared/sql/shape.ts';
import type { QueryShape } from '../../_shared/sql/types.ts';
import { postgresText } from '../../_shared/sql/other-dialects.ts';
import type { TableWrites, Workload, WorkloadQuery } from '../workload.ts';

/** A workload with what stands behind its queries. */
export interface ReadWorkload {
  workload: Workload;
  /** The statements of each query, by its key. */
  members: ReadonlyMap<string, readonly StatementDelta[]>;
}

const MAX_TEXTS = 3;
const MAX_ORIGINS = 5;

/**
 * Statements of a window as queries: those with the same key are one, whatever ids the server gave them (lists of
 * several lengths, users, a table that was made anew). Statements of other databases, inside functions, without a text
 * or that cannot be read are left out and listed.
 *
 * @param database the one that the catalogue is of; null where the dialect has no such thing
 * @param applications who was seen running a statement, by the server's id of it: what is known when its text says nothing
 */
export async function readWorkload(
  window: StatementWindow,
  catalog: Catalog,
  writes: ReadonlyMap<string, TableWrites>,
  database: string | null,
  applications: ReadonlyMap<string, string> = new Map(),
): Promise<ReadWorkload> {
  const read = shapeReader(await loadSqlParser(), catalog);
  const leftOut: Workload['leftOut'][number][] = [];
  const known: { delta: StatementDelta; shape: QueryShape }[] = [];
  for (const delta of window.statements) {
    const shape = shapeOrReason(delta, window, database, read);
    if (typeof shape === 'string') {
      leftOut.push({ text: delta.text, reason: shape, totalMs: timeOf(delta) });
    } else known.push({ delta, shape });
  }
  const groups = groupBy(known, ({ shape }) => shape.key);
  const queries = [...groups.values()].map((group) => toQuery(group, applications));
  return {
    workload: {
      fromMs: window.fromMs,
      toMs: window.toMs,
      queries: queries.toSorted((a, b) => b.totalMs - a.totalMs || a.shape.key.localeCompare(b.shape.key)),
      leftOut,
      writes,
    },
    members: new Map([...groups].map(([key, group]) => [key, group.map(({ delta }) => delta)])),
  };
}

function shapeOrReason(
  delta: StatementDelta,
  { dialect }: StatementWindow,
  database: string | null,
  read: (sql: string) => QueryShape,
): QueryShape | string {
  const { text } = delta;
  if (!delta.topLevel) return 'it runs inside a function, whose time counts it already';
  if (database !== null && delta.database !== null && delta.database !== database) {
    return 'it belongs to another database';
  }
  if (text === null) return 'the server keeps its text from us';
  try {
    const shape = read(dialect === 'postgresql' ? text : postgresText(text));
    return shape.kind === 'utility' ? 'it is no query' : shape;
  } catch {
    return 'its text cannot be read';
  }
}

function toQuery(
  group: readonly { delta: StatementDelta; shape: QueryShape }[],
  applications: ReadonlyMap<string, string>,
): WorkloadQuery {
  const ranked = group.toSorted((a, b) => b.delta.calls - a.delta.calls || compare(a.delta.key, b.delta.key));
  const [first] = ranked;
  if (first === undefined) throw new RangeError('A query needs a statement.');
  const sum = (of: (delta: StatementDelta) => number): number =>
    group.reduce((total, { delta }) => total + of(delta), 0);
  const calls = sum((delta) => delta.calls);
  const totalMs = sum(timeOf);
  const texts = [...new Set(ranked.flatMap(({ delta }) => (delta.text === null ? [] : [delta.text])))];
  return {
    shape: first.shape,
    texts: texts.slice(0, MAX_TEXTS),
    calls,
    totalMs,
    meanMs: calls === 0 ? 0 : totalMs / calls,
    rows: sum((delta) => delta.rows),
    sharedBuffers: sum((delta) => delta.sharedHit + delta.sharedRead),
    exactness: group.every(({ delta }) => delta.exactness === 'exact') ? 'exact' : 'lower-bound',
    origins: originsOf(
      texts,
      ranked.map(({ delta }) => applications.get(delta.queryId) ?? null),
    ),
  };
}

/** Comments say the route; without any, the name of the application is better than nothing. */
function originsOf(texts: readonly string[], applications: readonly (string | null)[]): Origin[] {
  const commented = texts.flatMap((text) => originOf(text) ?? []);
  const origins =
    commented.length > 0 ? commented : applications.flatMap((name) => originOfApplication(name) ?? []);
  const distinct = new Map(
    origins.map((origin) => [`${origin.endpoint} ${origin.file} ${origin.application}`, origin]),
  );
  return [...distinct.values()].slice(0, MAX_ORIGINS);
}

function timeOf({ totalMs, planMs }: StatementDelta): number {
  return totalMs + (planMs ?? 0);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : 1;
}
