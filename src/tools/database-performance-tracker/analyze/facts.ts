import type { SqlDialect } from '../../../platform/sql/types.ts';
import type { LockForest } from '../../_shared/database/locks.ts';
import type { Backend } from '../../_shared/database/postgres/activity.ts';
import type { Progress } from '../../_shared/database/postgres/progress.ts';
import type { Replication } from '../../_shared/database/postgres/replication.ts';
import type { ServerFacts } from '../../_shared/database/postgres/server.ts';
import type { ReplicationSlot } from '../../_shared/database/postgres/slots.ts';
import type { XminHolder } from '../../_shared/database/postgres/wraparound.ts';
import type { Reading } from '../../_shared/database/reading.ts';
import type { ActivityLook, ConnectionHistory } from './connection-history.ts';
import type { WaitProfile } from './wait-profile.ts';

/** What the live rules judge: one database now, with what a short look and the history add. */
export interface LiveFacts {
  target: string;
  /** By our clock. */
  atMs: number;
  dialect: SqlDialect;
  server: LiveServer;
  activity: Reading<readonly Backend[]>;
  forest: Reading<LockForest>;
  replication: Reading<Replication>;
  slots: Reading<readonly ReplicationSlot[]>;
  xminHolders: Reading<readonly XminHolder[]>;
  progress: Reading<readonly Progress[]>;
  deadlocks: Reading<DeadlockCount>;
  /** null: nothing was sampled. */
  waits: WaitProfile | null;
  /** Looks at the sessions within this run, oldest first; the last one is `activity`. */
  looks: readonly ActivityLook[];
  history: ConnectionHistory;
}

/** What the live rules need of a server, whatever its dialect. */
export type LiveServer = Pick<
  ServerFacts,
  'version' | 'startedAtMs' | 'inRecovery' | 'database' | 'user' | 'maxConnections' | 'reservedConnections'
>;

/** Deadlocks of the last minutes: the longer the time, the more "none" says. */
export interface DeadlockCount {
  count: number;
  overMs: number;
}
