import { isOwnText } from '../own.ts';
import { OWN_APPLICATION_NAME } from '../../../../platform/sql/marker.ts';
import { needsMonitor } from './grants.ts';
import { type Columns, elapsedMs, majorOf, number, selectList } from './sql.ts';
import { CHEAP_MS, type TopicReader } from './topic.ts';

/** One process of the server: a session of a client, or one of its own. */
export interface Backend {
  pid: number;
  /** Of a parallel worker: the session it works for. */
  leaderPid: number | null;
  /** As the server names it: `client backend`, `autovacuum worker`, `walsender`. */
  type: string;
  database: string | null;
  user: string | null;
  application: string;
  /** Address, or `local`; null for processes of the server. */
  client: string | null;
  /** `active`, `idle`, `idle in transaction`, `idle in transaction (aborted)`, …; null for processes of the server. */
  state: string | null;
  /** Ages as the server's clock has them, in milliseconds; null where there is nothing of that kind. */
  connectedMs: number | null;
  stateMs: number | null;
  transactionMs: number | null;
  queryMs: number | null;
  /** null: not waiting. */
  waitType: string | null;
  waitEvent: string | null;
  /** Transactions that have begun since its oldest snapshot: what it keeps vacuum from removing. */
  xminAge: number | null;
  /** Transactions that have begun since its own; null: it has written nothing. */
  xidAge: number | null;
  /** 14 and newer, with compute_query_id. */
  queryId: string | null;
  /** The statement that runs, or the last one that did; cut by the server at track_activity_query_size. */
  text: string | null;
  /** It is one of ours: another session, or another Rearguard. */
  own: boolean;
}

type BackendRow = Omit<Backend, 'own'>;

const COLUMNS: Columns<BackendRow> = {
  pid: 'a.pid',
  leaderPid: 'a.leader_pid',
  type: `coalesce(a.backend_type, '')`,
  database: 'a.datname',
  user: 'a.usename',
  application: `coalesce(a.application_name, '')`,
  client: `coalesce(host(a.client_addr), CASE WHEN a.backend_type = 'client backend' THEN 'local' END)`,
  state: 'a.state',
  connectedMs: elapsedMs('a.backend_start'),
  stateMs: elapsedMs('a.state_change'),
  transactionMs: elapsedMs('a.xact_start'),
  queryMs: elapsedMs('a.query_start'),
  waitType: 'a.wait_event_type',
  waitEvent: 'a.wait_event',
  xminAge: number('age(a.backend_xmin)'),
  xidAge: number('age(a.backend_xid)'),
  queryId: { 13: 'NULL::text', 14: 'a.query_id::text' },
  text: `nullif(a.query, '')`,
};

/** All processes but the one that answers. */
export const activityReader: TopicReader<readonly Backend[]> = {
  view: 'pg_stat_activity',
  budgetMs: CHEAP_MS,
  refusal: needsMonitor,
  async read(query, server) {
    const rows = await query<BackendRow>(
      `SELECT ${selectList(COLUMNS, majorOf(server))} FROM pg_catalog.pg_stat_activity a
       WHERE a.pid <> pg_backend_pid()`,
    );
    return rows.map((row) => ({
      ...row,
      own: row.application === OWN_APPLICATION_NAME || isOwnText(row.text),
    }));
  },
};
