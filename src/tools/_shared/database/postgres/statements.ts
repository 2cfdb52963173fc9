import type { Unknown } from '../reading.ts';
import { unknown } from '../reading.ts';
import type { StatementCounters, StatementSnapshot } from '../statements.ts';
import { needsMonitor } from './grants.ts';
import { EPOCH, epochOf, type EpochRow, type ServerFacts } from './server.ts';
import { type Columns, epochMs, majorOf, number, quoteName, selectList } from './sql.ts';
import {
  extensionNumber,
  hasInfo,
  OLDEST_EXTENSION,
  signature,
  statementColumns,
  type StatementRow,
} from './statement-columns.ts';
import { readNames, readTexts } from './statement-texts.ts';
import { type CatalogQuery, oneRow, PER_OBJECT_MS, type TopicReader } from './topic.ts';

interface HeadRow extends EpochRow {
  resetAtMs: number | null;
  evictions: number | null;
  capacity: number | null;
  activeMs: number | null;
  timed: boolean;
  entries: number | null;
  changed: StatementRow[] | null;
}

interface Entry {
  signature: bigint;
  counters: StatementCounters;
}

/** What is kept from one reading to the next. */
interface Memory {
  epoch: string;
  resetAtMs: number | null;
  evictions: number | null;
  timed: boolean;
  entries: Map<string, Entry>;
}

/** Reads all at once, with texts. */
export const statementsReader: TopicReader<StatementSnapshot> = {
  view: 'pg_stat_statements',
  budgetMs: PER_OBJECT_MS,
  refusal: refusalOf,
  read: (query, server, nowMs) => createStatementsReader().read(query, server, nowMs),
};

/**
 * For reading again and again. The server hands over only entries that changed since the last time, unless it has
 * evicted or reset some in between; texts are fetched once, for entries that are new, and no more often than
 * `textIntervalMs`: the server reads the file of all texts for it. Until then they are null.
 */
export function createStatementsReader({ textIntervalMs = 0 } = {}): TopicReader<StatementSnapshot> {
  let memory: Memory | null = null;
  let textsReadAtMs = -Infinity;
  let names = new Map<string, string>();

  return {
    view: 'pg_stat_statements',
    budgetMs: PER_OBJECT_MS,
    refusal: refusalOf,
    async read(query, server, nowMs) {
      const { head, rows } = await readChanges(query, server, memory);
      if (rows.some((row) => !names.has(`user ${row.userId}`) || !names.has(`database ${row.databaseId}`))) {
        names = await readNames(query);
      }
      const known = memory?.entries;
      const entries = new Map(head.complete ? [] : known);
      for (const row of rows) {
        const counters = toCounters(row, names);
        const text = known?.get(counters.key)?.counters.text ?? null;
        entries.set(counters.key, { signature: BigInt(row.signature), counters: { ...counters, text } });
      }
      if (nowMs - textsReadAtMs >= textIntervalMs) {
        const missing = [...entries.values()].filter(({ counters }) => counters.text === null);
        if (missing.length > 0) {
          await addTexts(query, functionOf(server), missing);
          textsReadAtMs = nowMs;
        }
      }
      memory = {
        epoch: head.epoch,
        resetAtMs: head.resetAtMs,
        evictions: head.evictions,
        timed: head.timed,
        entries,
      };
      return {
        dialect: 'postgresql',
        takenAtMs: nowMs,
        epoch: head.epoch,
        startedAtMs: head.startedAtMs,
        resetAtMs: head.resetAtMs,
        evictions: head.evictions,
        capacity: head.capacity,
        activeMs: head.activeMs,
        statements: Array.from(entries.values(), ({ counters }) => counters),
      };
    },
  };
}

type Head = Omit<HeadRow, 'entries' | 'changed'> & {
  epoch: string;
  /** The rows are all there are, not only those that changed. */
  complete: boolean;
};

/** What changed since the last reading; everything when entries may have gone, or were made anew. */
async function readChanges(
  query: CatalogQuery,
  server: ServerFacts,
  memory: Memory | null,
): Promise<{ head: Head; rows: readonly StatementRow[] }> {
  const row = oneRow(await query<HeadRow>(headSql(server, memory), parametersOf(memory)));
  const { entries, changed } = row;
  const head = { ...row, epoch: epochOf(row), complete: false };
  if (memory !== null && isContinuation(memory, head)) {
    const added = (changed ?? []).filter((one) => !memory.entries.has(keyOf(one))).length;
    if (entries === memory.entries.size + added) return { head, rows: changed ?? [] };
  }
  const columns = selectList(statementColumns(extensionOf(server), row.timed), 13);
  const rows = await query<StatementRow>(`SELECT ${columns} FROM ${functionOf(server)}(false) s`);
  return { head: { ...head, complete: true }, rows };
}

function isContinuation(memory: Memory, head: Head): boolean {
  return (
    memory.epoch === head.epoch &&
    memory.resetAtMs === head.resetAtMs &&
    memory.evictions === head.evictions &&
    memory.timed === head.timed
  );
}

function headSql(server: ServerFacts, memory: Memory | null): string {
  const extension = extensionOf(server);
  const info = `${schemaOf(server)}.pg_stat_statements_info`;
  const columns: Columns<Omit<HeadRow, 'entries' | 'changed'>> = {
    ...EPOCH,
    resetAtMs: hasInfo(extension) ? `(SELECT ${epochMs('stats_reset')} FROM ${info})` : 'NULL::float8',
    evictions: hasInfo(extension) ? `(SELECT ${number('dealloc')} FROM ${info})` : 'NULL::float8',
    capacity: number(`current_setting('pg_stat_statements.max', true)`),
    activeMs:
      majorOf(server) >= 14 ? '(SELECT sum(active_time) FROM pg_catalog.pg_stat_database)' : 'NULL::float8',
    timed: `current_setting('track_io_timing') = 'on'`,
  };
  const head = selectList(columns, majorOf(server));
  if (memory === null) return `SELECT ${head}, NULL::float8 AS entries, NULL::json AS changed`;
  // Before 15 the planner does not hash a list of constants for NOT IN, but it does a subquery.
  const known = majorOf(server) >= 15 ? '<> ALL ($1::int8[])' : 'NOT IN (SELECT unnest($1::int8[]))';
  const topLevel = hasInfo(extension) ? 's.toplevel' : 'true';
  return `SELECT ${head}, count(*)::float8 AS entries,
    json_agg((SELECT r FROM (SELECT ${selectList(statementColumns(extension, memory.timed), 13)}) r))
      FILTER (WHERE ${signature(topLevel)} ${known}) AS changed
    FROM ${functionOf(server)}(false) s`;
}

function parametersOf(memory: Memory | null): unknown[] {
  return memory === null ? [] : [binaryArray([...memory.entries.values()].map(({ signature }) => signature))];
}

/** An int8[] in the server's binary form, which it takes in a fraction of the time of its text form. */
function binaryArray(values: readonly bigint[]): Buffer {
  const INT8_OID = 20;
  const buffer = Buffer.alloc(20 + 12 * values.length);
  // Dimensions, a flag for nulls, the type; length and lower bound of the one dimension.
  for (const [index, field] of [1, 0, INT8_OID, values.length, 1].entries())
    buffer.writeInt32BE(field, index * 4);
  for (const [index, value] of values.entries()) {
    buffer.writeInt32BE(8, 20 + index * 12);
    buffer.writeBigInt64BE(value, 24 + index * 12);
  }
  return buffer;
}

async function addTexts(query: CatalogQuery, source: string, entries: readonly Entry[]): Promise<void> {
  const texts = await readTexts(
    query,
    source,
    entries.map(({ counters }) => counters.queryId),
  );
  for (const entry of entries) {
    const text = texts.get(entry.counters.key);
    if (text !== undefined) entry.counters = { ...entry.counters, text };
  }
}

function toCounters(row: StatementRow, names: ReadonlyMap<string, string>): StatementCounters {
  const figure = (value: number | string | null): number | null => (value === null ? null : Number(value));
  return {
    key: keyOf(row),
    user: names.get(`user ${row.userId}`) ?? null,
    database: names.get(`database ${row.databaseId}`) ?? null,
    queryId: row.queryId,
    topLevel: row.topLevel,
    text: null,
    calls: Number(row.calls),
    totalMs: Number(row.totalMs),
    planMs: figure(row.planMs),
    rows: Number(row.rows),
    rowsExamined: null,
    callsWithoutIndex: null,
    sharedHit: Number(row.sharedHit),
    sharedRead: Number(row.sharedRead),
    sharedDirtied: Number(row.sharedDirtied),
    sharedWritten: Number(row.sharedWritten),
    tempRead: Number(row.tempRead),
    tempWritten: Number(row.tempWritten),
    readMs: figure(row.readMs),
    writeMs: figure(row.writeMs),
    walBytes: figure(row.walBytes),
    statsSinceMs: figure(row.statsSinceMs),
  };
}

function keyOf({ userId, databaseId, queryId, topLevel }: StatementRow): string {
  return `${userId}/${databaseId}/${queryId}/${topLevel ? 't' : 'f'}`;
}

function extensionOf(server: ServerFacts): number {
  return extensionNumber(server.extensions.get('pg_stat_statements')?.version ?? '');
}

function schemaOf(server: ServerFacts): string {
  return quoteName(server.extensions.get('pg_stat_statements')?.schema ?? 'public');
}

function functionOf(server: ServerFacts): string {
  return `${schemaOf(server)}.pg_stat_statements`;
}

function refusalOf(server: ServerFacts): Unknown | null {
  const extension = server.extensions.get('pg_stat_statements');
  if (extension === undefined) {
    return unknown(
      `pg_stat_statements is not installed in ${server.database}`,
      'CREATE EXTENSION pg_stat_statements; and pg_stat_statements in shared_preload_libraries, with a restart.',
    );
  }
  if (extensionNumber(extension.version) < OLDEST_EXTENSION) {
    return unknown(
      `pg_stat_statements is still at version ${extension.version}`,
      'ALTER EXTENSION pg_stat_statements UPDATE;',
    );
  }
  return needsMonitor(server);
}
