import { seriesId, type SeriesKey } from '../core/metric.ts';
import type { Connection } from './connection.ts';

/** A series as the store knows it. */
export interface SeriesRow {
  id: number;
  /** The rollups hold exactly the samples before this time; later ones are raw only. */
  rolled_until_ms: number;
  /** Minute rollups are complete from this hour on; before it there are hours only. */
  minutes_from_ms: number;
}

export interface SeriesCatalogue {
  find(key: SeriesKey): SeriesRow | undefined;
  /** Finds or adds it; to be called inside a transaction. */
  register(key: SeriesKey): SeriesRow;
  list(metric: string, attributes: Readonly<Record<string, string>>): SeriesKey[];
}

interface StoredKey {
  metric: string;
  unit: string;
  attributes: string;
}

export function createSeriesCatalogue(connection: Connection): SeriesCatalogue {
  const columns = 'id, rolled_until_ms, minutes_from_ms';
  const select = connection.prepare<SeriesRow>(`SELECT ${columns} FROM series WHERE key = ?`);
  const insert = connection.prepare<SeriesRow>(
    `INSERT INTO series (key, metric, unit, attributes) VALUES (?, ?, ?, ?) RETURNING ${columns}`,
  );
  const selectKeys = connection.prepare<StoredKey>(
    'SELECT metric, unit, attributes FROM series WHERE metric = ? ORDER BY id',
  );

  function find(key: SeriesKey): SeriesRow | undefined {
    return select.get(seriesId(key));
  }

  return {
    find,
    // Looked up each time: another process may have rolled the series up since.
    register(key) {
      const row =
        find(key) ?? insert.get(seriesId(key), key.metric, key.unit, JSON.stringify(key.attributes));
      if (row === undefined) throw new Error('an insert returned no row');
      return row;
    },
    list(metric, attributes) {
      return selectKeys
        .all(metric)
        .map(toKey)
        .filter((key) => Object.entries(attributes).every(([name, value]) => key.attributes[name] === value));
    },
  };
}

function toKey({ metric, unit, attributes }: StoredKey): SeriesKey {
  return { metric, unit, attributes: JSON.parse(attributes) as Record<string, string> };
}
