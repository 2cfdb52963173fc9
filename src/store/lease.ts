import type { LeaseStore } from './alert-store.ts';
import type { Connection } from './connection.ts';

export function createLeaseStore(connection: Connection): LeaseStore {
  // One statement, so that of two processes at once one gets it.
  const take = connection.prepare(`
    INSERT INTO lease (only_row, holder, renewed_at_ms) VALUES (1, ?1, ?2)
    ON CONFLICT (only_row) DO UPDATE SET
      holder = excluded.holder, renewed_at_ms = excluded.renewed_at_ms, released = 0
    WHERE holder = ?1 OR released OR renewed_at_ms <= ?3`);
  const select = connection.prepare<{ holder: string; renewed_at_ms: number }>(
    'SELECT holder, renewed_at_ms FROM lease',
  );
  const release = connection.prepare('UPDATE lease SET released = 1 WHERE holder = ?');

  return {
    take: ({ holder, nowMs, staleBeforeMs }) => take.run(holder, nowMs, staleBeforeMs) > 0,
    current() {
      const row = select.get();
      return row && { holder: row.holder, renewedAtMs: row.renewed_at_ms };
    },
    release(holder) {
      release.run(holder);
    },
  };
}
