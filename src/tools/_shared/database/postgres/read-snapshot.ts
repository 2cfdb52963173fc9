import { RearguardError } from '../../../../core/errors.ts';
import type { SqlSession } from '../../../../platform/sql/types.ts';
import { known, type Reading, type Unknown, unknown } from '../reading.ts';
import { activityReader } from './activity.ts';
import { catalogReader } from './catalog.ts';
import { checkpointsReader } from './checkpoints.ts';
import { constraintsReader } from './constraints.ts';
import { databasesReader } from './database-counters.ts';
import { indexesReader } from './indexes.ts';
import { integerKeysReader } from './integer-keys.ts';
import { ioReader } from './io.ts';
import { locksReader } from './lock-table.ts';
import { progressReader } from './progress.ts';
import { replicationReader } from './replication.ts';
import { sequencesReader } from './sequences.ts';
import { readServer, type ServerFacts } from './server.ts';
import { settingsReader } from './settings.ts';
import { slotsReader } from './slots.ts';
import type { Snapshot, Topic, TopicValues } from './snapshot.ts';
import { statementsReader } from './statements.ts';
import { tablesReader } from './tables.ts';
import type { CatalogQuery, TopicReader } from './topic.ts';
import { walReader } from './wal.ts';
import { wraparoundReader } from './wraparound.ts';
import { xminHoldersReader } from './xmin-holders.ts';

const READERS: { readonly [Name in Topic]: TopicReader<TopicValues[Name]> } = {
  statements: statementsReader,
  activity: activityReader,
  locks: locksReader,
  databases: databasesReader,
  tables: tablesReader,
  indexes: indexesReader,
  catalog: catalogReader,
  checkpoints: checkpointsReader,
  wal: walReader,
  io: ioReader,
  replication: replicationReader,
  slots: slotsReader,
  settings: settingsReader,
  sequences: sequencesReader,
  integerKeys: integerKeysReader,
  wraparound: wraparoundReader,
  xminHolders: xminHoldersReader,
  constraints: constraintsReader,
  progress: progressReader,
};

/**
 * Reads the topics one after another over one session. A topic that is missing, forbidden or too slow is unknown, and the
 * rest goes on. Who looks again and again hands in a reader of createStatementsReader(), which transfers only what
 * changed. Throws only when the server cannot be reached, or the run is over.
 */
export async function readSnapshot<Wanted extends Topic>(
  session: SqlSession,
  topics: readonly Wanted[],
  nowMs: number,
  { statements = statementsReader } = {},
): Promise<Snapshot<Wanted>> {
  const server = await readServer(session, nowMs);
  const readers: Readonly<Record<Topic, TopicReader<unknown>>> = { ...READERS, statements };
  const parts: Partial<Record<Wanted, Reading<unknown>>> = {};
  for (const topic of topics) parts[topic] = await readTopic(session, server, readers[topic], nowMs);
  return { takenAtMs: nowMs, server, parts: parts as Snapshot<Wanted>['parts'] };
}

/** One topic, for those who have the facts of the server already and look at it again and again. */
export async function readTopic<Value>(
  session: SqlSession,
  server: ServerFacts,
  reader: TopicReader<Value>,
  nowMs: number,
): Promise<Reading<Value>> {
  const refusal = reader.refusal?.(server) ?? null;
  if (refusal !== null) return refusal;
  const query: CatalogQuery = <Row>(
    sql: string,
    parameters: readonly unknown[] = [],
    { catalog } = { catalog: true },
  ) => session.query<Row & Record<string, unknown>>(sql, parameters, { catalog, timeoutMs: reader.budgetMs });
  try {
    return known(await reader.read(query, server, nowMs));
  } catch (error) {
    return reasonOf(error, reader.view);
  }
}

const LOCK_NOT_AVAILABLE = '55P03';

function reasonOf(error: unknown, view: string): Unknown {
  if (!(error instanceof RearguardError)) throw error;
  if (error.code === 'E_TIMEOUT') {
    return unknown(
      `reading ${view} took too long`,
      'The server may be overloaded; look again when it is not.',
    );
  }
  if (error.code !== 'E_SQL_REFUSED') throw error;
  const { code, message = error.message } = (error.cause ?? {}) as { code?: string; message?: string };
  if (code === LOCK_NOT_AVAILABLE) {
    return unknown(`reading ${view} would have had to wait for a lock`, 'Look again when it is released.');
  }
  if (message.includes('shared_preload_libraries')) {
    return unknown(message, 'Add it to shared_preload_libraries and restart the server.');
  }
  return unknown(`the server refused to show ${view}: ${message}`, error.hint);
}
