import type { Connection } from './connection.ts';
import type { BaselineStore } from './store.ts';

interface BaselineRow {
  tool: string;
  name: string;
  saved_at_ms: number;
}

export function createBaselineStore(connection: Connection): BaselineStore {
  const upsert = connection.prepare(`
    INSERT INTO baselines (tool, name, saved_at_ms, data) VALUES (?, ?, ?, ?)
    ON CONFLICT (tool, name) DO UPDATE SET saved_at_ms = excluded.saved_at_ms, data = excluded.data`);
  const select = connection.prepare<BaselineRow & { data: string }>(
    'SELECT tool, name, saved_at_ms, data FROM baselines WHERE tool = ? AND name = ?',
  );
  const selectAll = connection.prepare<BaselineRow>(
    'SELECT tool, name, saved_at_ms FROM baselines WHERE tool = coalesce(?, tool) ORDER BY tool, name',
  );

  return {
    save({ tool, name, savedAtMs, data }) {
      upsert.run(tool, name, savedAtMs, JSON.stringify(data ?? null));
    },
    get(tool, name) {
      const row = select.get(tool, name);
      return (
        row && { tool: row.tool, name: row.name, savedAtMs: row.saved_at_ms, data: JSON.parse(row.data) }
      );
    },
    list(tool) {
      return selectAll
        .all(tool ?? null)
        .map((row) => ({ tool: row.tool, name: row.name, savedAtMs: row.saved_at_ms }));
    },
  };
}
