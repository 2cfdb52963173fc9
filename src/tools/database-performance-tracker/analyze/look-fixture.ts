import { startPostgres } from '../../../platform/postgres/embedded.ts';
import { createSqlConnector } from '../../../platform/sql/postgres.ts';
import type { SqlSession } from '../../../platform/sql/types.ts';
import { readSnapshot } from '../../_shared/database/postgres/read-snapshot.ts';
import type { Snapshot } from '../../_shared/database/postgres/snapshot.ts';
import { known, unknown } from '../../_shared/database/reading.ts';
import { trackerOptionsSchema } from '../options.ts';
import type { Assessment } from '../../../core/assessment.ts';
import { type Look, STATE_TOPICS, WINDOW_TOPICS, type WindowTopic } from './look.ts';

/** Of the driver, which a tool may not import; its tests bring it. */
export interface Owner {
  query(sql: string, values?: readonly unknown[]): Promise<{ rows: Record<string, unknown>[] }>;
  end(): Promise<void>;
}

/** A server of its own, its owner, and a session as the tool has one. */
export interface LookBench {
  owner: Owner;
  session: SqlSession;
  /** The beginning of a window. */
  start(): Promise<Snapshot<WindowTopic>>;
  /** A look that ends now; statements are left out. */
  look(options?: {
    start?: Snapshot<WindowTopic> | null;
    options?: Record<string, unknown>;
    isLocal?: boolean;
  }): Promise<Look>;
  close(): Promise<void>;
}

export async function openLookBench(
  connect: (url: string) => Promise<Owner>,
  settings: Record<string, string> = {},
): Promise<LookBench> {
  const server = await startPostgres({ settings });
  const owner = await connect(server.url);
  const signal = new AbortController().signal;
  const session = await createSqlConnector().open(server.url, { statementTimeoutMs: 5_000, signal });
  return {
    owner,
    session,
    start: () => readSnapshot(session, WINDOW_TOPICS, Date.now()),
    async look({ start = null, options = {}, isLocal = false } = {}) {
      // Counters of a session are handed in when it is idle for a moment, or when it is told to.
      await owner.query('select pg_stat_force_next_flush()');
      const end = await readSnapshot(session, STATE_TOPICS, Date.now());
      return {
        target: 'shop',
        options: trackerOptionsSchema.parse(options),
        start,
        end,
        statements: unknown('not wanted here'),
        names: new Map(),
        sessions: known([]),
        queryWaits: new Map(),
        isLocal,
        knownSinceMs: end.takenAtMs,
        log: null,
        misestimates: [],
      };
    },
    async close() {
      await session.close();
      await owner.end();
      await server.stop();
    },
  };
}

/** Rule and subject of each finding above info, in alphabetical order. */
export function findingsOf({ findings }: Assessment): string[] {
  return findings
    .filter(({ severity }) => severity !== 'info')
    .map(({ rule, subject }) => `${rule.slice(rule.indexOf('/') + 1)} ${subject.name.replace('shop ', '')}`)
    .sort();
}
