import type { AlertMessage } from '../core/alert.ts';
import type { Delivery, DeliveryState, DeliveryStore } from './alert-store.ts';
import type { Connection } from './connection.ts';

interface DeliveryRow {
  position: number;
  notifier: string;
  message: string;
  queued_at_ms: number;
  attempts: number;
  next_attempt_at_ms: number;
  state: DeliveryState;
  last_error: string | null;
  settled_at_ms: number | null;
}

/** Puts a message into a notifier's queue; within the caller's transaction. A message that is there already stays as it is. */
export function createOutbox(
  connection: Connection,
): (notifier: string, message: AlertMessage, nowMs: number) => void {
  const insert = connection.prepare(`
    INSERT INTO deliveries (notifier, message_id, message, queued_at_ms, next_attempt_at_ms) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (notifier, message_id) DO NOTHING`);
  return (notifier, message, nowMs) => {
    insert.run(notifier, message.id, JSON.stringify(message), nowMs, nowMs);
  };
}

export function createDeliveryStore(connection: Connection): DeliveryStore {
  const selectHeads = connection.prepare<DeliveryRow>(`
    SELECT * FROM deliveries
    WHERE position IN (SELECT min(position) FROM deliveries WHERE state = 'queued' GROUP BY notifier)
    ORDER BY position`);
  const fail = connection.prepare(`
    UPDATE deliveries SET attempts = attempts + 1, next_attempt_at_ms = ?, last_error = ?
    WHERE position = ? AND state = 'queued'`);
  const settle = connection.prepare(`
    UPDATE deliveries
    SET attempts = attempts + 1, state = ?, settled_at_ms = ?, last_error = coalesce(?, last_error)
    WHERE position = ? AND state = 'queued'`);
  const select = connection.prepare<DeliveryRow>(`
    SELECT * FROM deliveries WHERE state = coalesce(?, state) AND notifier = coalesce(?, notifier)
    ORDER BY position DESC LIMIT ?`);

  return {
    heads: () => selectHeads.all().map(toDelivery),
    attempted(position, { error, nextAttemptAtMs }) {
      fail.run(nextAttemptAtMs, error, position);
    },
    /** The end of one more try. What is settled stays so. */
    settle(position, state, nowMs, error) {
      settle.run(state, nowMs, error ?? null, position);
    },
    list({ state, notifier, limit = -1 } = {}) {
      return select.all(state ?? null, notifier ?? null, limit).map(toDelivery);
    },
  };
}

function toDelivery(row: DeliveryRow): Delivery {
  return {
    position: row.position,
    notifier: row.notifier,
    message: JSON.parse(row.message) as AlertMessage,
    queuedAtMs: row.queued_at_ms,
    attempts: row.attempts,
    nextAttemptAtMs: row.next_attempt_at_ms,
    state: row.state,
    lastError: row.last_error,
    settledAtMs: row.settled_at_ms,
  };
}
