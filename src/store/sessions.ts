import type { Session } from '../core/session.ts';
import type { Connection } from './connection.ts';
import type { SessionStore } from './session-store.ts';

export function createSessionStore(connection: Connection): SessionStore {
  const upsert = connection.prepare(`
    INSERT INTO sessions (id, started_ms, ended_ms, document) VALUES (?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET ended_ms = excluded.ended_ms, document = excluded.document`);
  const selectOne = connection.prepare<Row>('SELECT document FROM sessions WHERE id = ?');
  const selectOpen = connection.prepare<Row>(
    'SELECT document FROM sessions WHERE ended_ms IS NULL ORDER BY started_ms DESC LIMIT 1',
  );
  const selectRange = connection.prepare<Row>(
    'SELECT document FROM sessions WHERE started_ms >= ? AND started_ms < ? ORDER BY started_ms DESC',
  );

  function save(session: Session): void {
    upsert.run(session.id, session.startedAtMs, session.endedAtMs, JSON.stringify(session));
  }

  return {
    begin: (session) =>
      connection.transaction(() => {
        const open = parse(selectOpen.get());
        if (open === undefined) save(session);
        return open;
      }),
    get: (id) => parse(selectOne.get(id)),
    open: () => parse(selectOpen.get()),
    list: ({ fromMs, toMs }) => selectRange.all(fromMs, toMs).map(({ document }) => parse({ document })!),
    update: (id, change) =>
      connection.transaction(() => {
        const session = parse(selectOne.get(id));
        if (session === undefined) return undefined;
        const changed = change(session);
        save(changed);
        return changed;
      }),
  };
}

interface Row {
  document: string;
}

function parse(row: Row | undefined): Session | undefined {
  return row && (JSON.parse(row.document) as Session);
}
