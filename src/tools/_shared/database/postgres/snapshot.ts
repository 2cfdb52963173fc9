import type { Catalog } from '../catalog.ts';
import type { Reading } from '../reading.ts';
import type { StatementSnapshot } from '../statements.ts';
import type { Backend } from './activity.ts';
import type { CheckpointCounters } from './checkpoints.ts';
import type { InvalidConstraint } from './constraints.ts';
import type { DatabaseCounters } from './database-counters.ts';
import type { IndexUsage } from './indexes.ts';
import type { IoCounters } from './io.ts';
import type { LockTable } from './lock-table.ts';
import type { Progress } from './progress.ts';
import type { Replication } from './replication.ts';
import type { IntegerKey, SequenceState } from './sequences.ts';
import type { ServerFacts } from './server.ts';
import type { Settings } from './settings.ts';
import type { ReplicationSlot } from './slots.ts';
import type { TableStatistics } from './tables.ts';
import type { WalCounters } from './wal.ts';
import type { Wraparound, XminHolder } from './wraparound.ts';

/** What can be read of a PostgreSQL server, each with its shape. */
export interface TopicValues {
  statements: StatementSnapshot;
  activity: readonly Backend[];
  locks: LockTable;
  databases: readonly DatabaseCounters[];
  tables: readonly TableStatistics[];
  indexes: IndexUsage;
  catalog: Catalog;
  checkpoints: CheckpointCounters;
  wal: WalCounters;
  io: readonly IoCounters[];
  replication: Replication;
  slots: readonly ReplicationSlot[];
  settings: Settings;
  sequences: readonly SequenceState[];
  integerKeys: readonly IntegerKey[];
  wraparound: Wraparound;
  xminHolders: readonly XminHolder[];
  constraints: readonly InvalidConstraint[];
  progress: readonly Progress[];
}

export type Topic = keyof TopicValues;

export interface Snapshot<Wanted extends Topic = Topic> {
  /** By our clock. */
  takenAtMs: number;
  server: ServerFacts;
  parts: { readonly [Name in Wanted]: Reading<TopicValues[Name]> };
}
