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
  /** It is one of ours. */
  own: boolean;
}
