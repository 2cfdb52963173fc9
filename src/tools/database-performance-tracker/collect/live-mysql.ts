import { readActivity } from '../../_shared/database/mysql/activity.ts';
import { readServer } from '../../_shared/database/mysql/server.ts';
import { type MysqlSnapshot, readMysqlSnapshot } from '../../_shared/database/mysql/snapshot.ts';
import { mysqlStatementWindow } from '../../_shared/database/mysql/statement-window.ts';
import { type MysqlStatements, readStatements } from '../../_shared/database/mysql/statements.ts';
import type { OpenDatabase } from '../../_shared/database/open-databases.ts';
import { known, type Reading, unknown } from '../../_shared/database/reading.ts';
import { assessMysqlLive } from '../analyze/mysql/assess.ts';
import { mysqlBackends, mysqlCounters, mysqlFacts } from '../analyze/mysql/live-facts.ts';
import type { MysqlLook } from '../analyze/mysql/look.ts';
import { profileWaits } from '../analyze/wait-profile.ts';
import {
  comparable,
  type LiveContext,
  type LiveReader,
  type LiveState,
  type StatementMark,
} from './live-state.ts';
import { connectionHistory } from './series.ts';

/** What is true of this server only is behind the state that the live commands know. */
interface MysqlState extends LiveState {
  snapshot: MysqlSnapshot;
}

interface MysqlMark extends StatementMark {
  reading: Reading<MysqlStatements>;
}

/**
 * INNODB_TRX and its like show a copy that the server renews only when nobody has read it for 100 ms (trx0i_s.cc): whoever
 * looks more often sees the same transactions for ever.
 */
const INNODB_COPY_MS = 120;

export async function mysqlLive(ctx: LiveContext, { target, session }: OpenDatabase): Promise<LiveReader> {
  const { clock, options, signal, store } = ctx;
  let server = await readServer(session);
  let lookedMs = clock.monotonicMs();
  const renewed = async <Value>(look: () => Promise<Value>): Promise<Value> => {
    await clock.sleep(Math.max(0, lookedMs + INNODB_COPY_MS - clock.monotonicMs()), signal);
    try {
      return await look();
    } finally {
      lookedMs = clock.monotonicMs();
    }
  };
  return {
    async sessions() {
      const activity = await renewed(() => readActivity(session, server));
      return activity.known ? known(mysqlBackends(activity.value)) : activity;
    },
    async state({ waits, looks, before }): Promise<MysqlState> {
      const snapshot = await renewed(() => readMysqlSnapshot(session, clock));
      ({ server } = snapshot);
      const epoch = String(snapshot.server.startedAtMs);
      const earlier = comparable(before, epoch) as MysqlState | null;
      return {
        facts: mysqlFacts(target.name, snapshot, {
          waits: profileWaits(waits),
          looks,
          history: connectionHistory(store, target.name, snapshot.takenAtMs),
        }),
        epoch,
        counters: mysqlCounters(snapshot),
        assess: () => assessMysqlLive(lookOf(target.name, options, earlier?.snapshot ?? null, snapshot)),
        advice: [],
        snapshot,
      };
    },
    async statements(): Promise<MysqlMark> {
      const reading = await readStatements(session, server, clock.wallMs());
      return { reading, until: (later) => mysqlStatementWindow(reading, (later as MysqlMark).reading) };
    },
  };
}

/** The live rules look at neither statements nor tables. */
function lookOf(
  target: string,
  options: MysqlLook['options'],
  start: MysqlSnapshot | null,
  end: MysqlSnapshot,
): MysqlLook {
  const catalog = { searchPath: [], tables: [], extensions: new Map<string, string>() };
  return {
    target,
    options,
    start,
    end,
    statements: unknown('statements are not looked at here', '`rearguard db analyze` does.'),
    structure: { catalog, autoIncrements: [] },
  };
}
