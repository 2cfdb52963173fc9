import type { HeartbeatStore } from './alert-store.ts';
import type { Connection } from './connection.ts';

export function createHeartbeatStore(connection: Connection): HeartbeatStore {
  const beat = connection.prepare(`
    INSERT INTO heartbeats (name, expected_since_ms, last_at_ms) VALUES (?1, ?2, ?2)
    ON CONFLICT (name) DO UPDATE SET last_at_ms = excluded.last_at_ms`);
  const expect = connection.prepare(`
    INSERT INTO heartbeats (name, expected_since_ms) VALUES (?, ?) ON CONFLICT (name) DO NOTHING`);
  const select = connection.prepare<{ expected_since_ms: number; last_at_ms: number | null }>(
    'SELECT expected_since_ms, last_at_ms FROM heartbeats WHERE name = ?',
  );

  return {
    beat(name, atMs) {
      beat.run(name, atMs);
    },
    last: (name) => select.get(name)?.last_at_ms ?? undefined,
    expectedSince(name, nowMs) {
      const known = select.get(name);
      if (known) return known.expected_since_ms;
      expect.run(name, nowMs);
      return nowMs;
    },
  };
}
