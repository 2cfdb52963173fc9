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
