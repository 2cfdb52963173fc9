import type { Alert, AlertGroup, AlertMessage } from '../core/alert.ts';

/** Alerts, what was said about them, and what is still to be said. */
export interface AlertStore {
  /** Those not resolved, and resolved ones since a time, newest first. */
  list(options?: { resolvedSinceMs?: number; limit?: number }): Alert[];
  groups(): AlertGroup[];
  /** One transaction: what changed, the groups as they are now, and the messages that follow from it. Durable when it returns. */
  commit(change: {
    alerts: readonly Alert[];
    groups: readonly AlertGroup[];
    /** Groups whose episode is over. */
    endedGroups: readonly string[];
    messages: readonly { notifier: string; message: AlertMessage }[];
    nowMs: number;
  }): void;
}

export type DeliveryState = 'queued' | 'delivered' | 'undeliverable';

export interface Delivery {
  /** Ascending in the order of queueing. */
  position: number;
  notifier: string;
  message: AlertMessage;
  queuedAtMs: number;
  attempts: number;
  nextAttemptAtMs: number;
  state: DeliveryState;
  /** Of the newest try; redacted. */
  lastError: string | null;
  settledAtMs: number | null;
}

/** The durable queue of each notifier: strictly in order, so the head waits until it is delivered or given up. */
export interface DeliveryStore {
  /** The oldest queued one of each notifier. */
  heads(): Delivery[];
  attempted(position: number, failure: { error: string; nextAttemptAtMs: number }): void;
  settle(position: number, state: 'delivered' | 'undeliverable', nowMs: number, error?: string): void;
  /** Newest first. */
  list(options?: { state?: DeliveryState; notifier?: string; limit?: number }): Delivery[];
}

/** A span in which nobody is told (silence), or in which failures do not count either (maintenance). */
export interface StoredWindow {
  id: string;
  kind: 'silence' | 'maintenance';
  fromMs: number;
  /** Exclusive. */
  toMs: number;
  /** `*` allowed; empty is everything. */
  subjects: readonly string[];
  reason: string;
}

export interface WindowStore {
  add(window: StoredWindow): void;
  /** Ends it now, or takes it back when it has not begun; false when there is none of this id. */
  end(id: string, nowMs: number): boolean;
  /** Those that overlap the range. */
  list(range: { fromMs: number; toMs: number }, kind?: StoredWindow['kind']): StoredWindow[];
}

export interface HeartbeatStore {
  beat(name: string, atMs: number): void;
  /** Wall clock of the newest one; undefined when there was none. */
  last(name: string): number | undefined;
  /** When it was first expected or heard of; now when this is the first time. */
  expectedSince(name: string, nowMs: number): number;
}

/** Who runs as the daemon on this store: one at a time. */
export interface LeaseStore {
  /** Takes or renews it; false while another holder renewed it after `staleBeforeMs`. */
  take(lease: { holder: string; nowMs: number; staleBeforeMs: number }): boolean;
  /** When the last holder, whoever it was, renewed it; undefined when there was none. */
  current(): { holder: string; renewedAtMs: number } | undefined;
  release(holder: string): void;
}
