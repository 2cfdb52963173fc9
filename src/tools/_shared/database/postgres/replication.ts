import { needsMonitor } from './grants.ts';
import { atLeastZero, type Columns, elapsedMs, majorOf, number, selectList } from './sql.ts';
import { CHEAP_MS, oneRow, type TopicReader } from './topic.ts';

/** Who receives our log, and whose log we receive. */
export interface Replication {
  senders: readonly WalSender[];
  /** null: this server is not a standby, or its receiver is not running. */
  receiver: WalReceiver | null;
  /** Of a standby: how far behind what it has received; 0 when it has replayed everything, also if that was long ago. */
  replayLagMs: number | null;
  replayLagBytes: number | null;
}

export interface WalSender {
  pid: number;
  application: string;
  user: string;
  client: string | null;
  /** `streaming`, `catchup`, `backup`, … */
  state: string;
  /** `async`, `sync`, `quorum`, `potential`. */
  synchronous: string;
  slot: string | null;
  /** From our newest position to what it has replayed, in bytes; null while it has said nothing. */
  lagBytes: number | null;
  /** How long the newest commits take to get there; 0 when it has everything and is idle; null: never measured. */
  writeLagMs: number | null;
  flushLagMs: number | null;
  replayLagMs: number | null;
  /** Transactions since the oldest one its queries still need (hot_standby_feedback). */
  xminAge: number | null;
}

export interface WalReceiver {
  status: string;
  sender: string | null;
  slot: string | null;
  /** Since the last message from the sender. */
  silentMs: number | null;
}

/** The newest position of our log: what we wrote, or on a standby what we received. */
export const NEWEST_POSITION = `CASE WHEN pg_is_in_recovery()
  THEN coalesce(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) ELSE pg_current_wal_lsn() END`;

/** The server forgets the times once a standby is idle; one that has everything is not late. */
const LAG_MS = (column: string): string =>
  `(CASE WHEN r.replay_lsn = p.newest THEN 0 ELSE extract(epoch FROM r.${column}) * 1000 END)::float8`;

const SENDER: Columns<WalSender> = {
  pid: 'r.pid',
  application: `coalesce(r.application_name, '')`,
  user: `coalesce(r.usename, '')`,
  client: 'host(r.client_addr)',
  state: `coalesce(r.state, '')`,
  synchronous: `coalesce(r.sync_state, '')`,
  slot: '(SELECT slot_name FROM pg_catalog.pg_replication_slots s WHERE s.active_pid = r.pid)',
  lagBytes: atLeastZero('pg_wal_lsn_diff(p.newest, r.replay_lsn)'),
  writeLagMs: LAG_MS('write_lag'),
  flushLagMs: LAG_MS('flush_lag'),
  replayLagMs: LAG_MS('replay_lag'),
  xminAge: number('age(r.backend_xmin)'),
};

const RECEIVER: Columns<WalReceiver> = {
  status: `coalesce(status, '')`,
  sender: `sender_host || ':' || sender_port`,
  slot: 'slot_name',
  silentMs: elapsedMs('last_msg_receipt_time'),
};

const REPLAY: Columns<Pick<Replication, 'replayLagMs' | 'replayLagBytes'>> = {
  // The time of the last replayed commit says nothing while there is nothing to replay.
  replayLagMs: `CASE WHEN NOT pg_is_in_recovery() THEN NULL
    WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0
    ELSE ${elapsedMs('pg_last_xact_replay_timestamp()')} END`,
  replayLagBytes: `CASE WHEN pg_is_in_recovery()
    THEN ${atLeastZero('pg_wal_lsn_diff(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())')} END`,
};

export const replicationReader: TopicReader<Replication> = {
  view: 'pg_stat_replication',
  budgetMs: CHEAP_MS,
  refusal: needsMonitor,
  async read(query, server) {
    const major = majorOf(server);
    const senders = await query<WalSender>(
      `SELECT ${selectList(SENDER, major)}
       FROM pg_catalog.pg_stat_replication r, (SELECT ${NEWEST_POSITION} AS newest) p`,
    );
    const receivers = await query<WalReceiver>(
      `SELECT ${selectList(RECEIVER, major)} FROM pg_catalog.pg_stat_wal_receiver`,
    );
    const replay = oneRow(
      await query<Pick<Replication, 'replayLagMs' | 'replayLagBytes'>>(`SELECT ${selectList(REPLAY, major)}`),
    );
    return { senders, receiver: receivers[0] ?? null, ...replay };
  },
};
