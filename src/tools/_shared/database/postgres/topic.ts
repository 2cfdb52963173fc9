import type { Unknown } from '../reading.ts';
import type { ServerFacts } from './server.ts';

/** How one topic is read. */
export interface TopicReader<Value> {
  /** What it is read from, for people: `pg_stat_activity`. */
  view: string;
  /** Time that each of its statements may take on the server. */
  budgetMs: number;
  /** Why this server does not have it, or this role may not read it; null: it can be read. */
  refusal?: (server: ServerFacts) => Unknown | null;
  read: (query: CatalogQuery, server: ServerFacts, nowMs: number) => Promise<Value>;
}

/** Runs one statement over the catalogue, within the budget of the topic. */
export type CatalogQuery = <Row>(
  sql: string,
  parameters?: readonly unknown[],
  options?: { catalog: boolean },
) => Promise<Row[]>;

/** Looks at what the server holds in memory. */
export const CHEAP_MS = 2_000;
/** Looks at each table, index or column. */
export const PER_OBJECT_MS = 5_000;

/** Of a view that always has exactly one. */
export function oneRow<Row>(rows: readonly Row[]): Row {
  const [row] = rows;
  if (row === undefined) throw new Error('A view that always has a row had none.');
  return row;
}
