import type { StoredWindow, WindowStore } from './alert-store.ts';
import type { Connection } from './connection.ts';

interface WindowRow {
  id: string;
  kind: StoredWindow['kind'];
  from_ms: number;
  to_ms: number;
  subjects: string;
  reason: string;
}

export function createWindowStore(connection: Connection): WindowStore {
  const insert = connection.prepare(
    'INSERT INTO windows (id, kind, from_ms, to_ms, subjects, reason) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const selectOne = connection.prepare<WindowRow>('SELECT * FROM windows WHERE id = ?');
  const remove = connection.prepare('DELETE FROM windows WHERE id = ?');
  const shorten = connection.prepare('UPDATE windows SET to_ms = min(to_ms, ?) WHERE id = ?');
  const select = connection.prepare<WindowRow>(`
    SELECT * FROM windows WHERE to_ms > ? AND from_ms < ? AND kind = coalesce(?, kind)
    ORDER BY from_ms, id`);

  return {
    add({ id, kind, fromMs, toMs, subjects, reason }) {
      insert.run(id, kind, fromMs, toMs, JSON.stringify(subjects), reason);
    },
    end(id, nowMs) {
      return connection.transaction(() => {
        const window = selectOne.get(id);
        if (window === undefined) return false;
        if (window.from_ms >= nowMs) remove.run(id);
        else shorten.run(nowMs, id);
        return true;
      });
    },
    list({ fromMs, toMs }, kind) {
      return select.all(fromMs, toMs, kind ?? null).map((row) => ({
        id: row.id,
        kind: row.kind,
        fromMs: row.from_ms,
        toMs: row.to_ms,
        subjects: JSON.parse(row.subjects) as string[],
        reason: row.reason,
      }));
    },
  };
}
