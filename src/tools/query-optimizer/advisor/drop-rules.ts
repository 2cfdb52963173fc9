import { formatDuration } from '../../../core/duration.ts';
import type { CatalogIndex, CatalogTable, IndexDefinition } from '../../_shared/database/catalog.ts';
import type { IndexUsage } from './types.ts';

/** What an index does beside finding rows, and so keeps it; null: nothing. */
export function neededByRules(
  index: CatalogIndex,
  table: CatalogTable,
  others: readonly IndexDefinition[],
): string | null {
  if (index.primary) return 'it is the primary key';
  if (index.constraint !== null) return `it stands for the constraint ${index.constraint}`;
  if (index.unique) return 'it keeps its keys unique';
  if (index.replicaIdentity) return 'replication names rows by it (replica identity)';
  for (const { name, columns, referencedTable } of table.foreignKeys) {
    if (!supports(index, columns) || others.some((other) => supports(other, columns))) continue;
    return `it supports the foreign key ${name}: without it, every delete in ${referencedTable} reads the whole table`;
  }
  return null;
}

/** All of the columns, in any order, at the front of an index over all rows. */
function supports(index: IndexDefinition, columns: readonly string[]): boolean {
  if (index.method !== 'btree' || index.predicate !== null) return false;
  const leading = index.keys.slice(0, columns.length).map(({ column }) => column);
  return columns.every((column) => leading.includes(column));
}

export interface Idleness {
  /** Not used on this server, as far as the counters reach. */
  looksIdle: boolean;
  because: string;
  /** Why it stays although it looks idle; null: it may go. */
  keep: string | null;
}

export function idleness(name: string, usage: IndexUsage | null, minUnusedMs: number): Idleness {
  const scans = usage?.scans.get(name);
  if (usage === null || scans === undefined || scans > 0)
    return { looksIdle: false, because: '', keep: null };
  const sinceMs = usage.sinceMs === null ? null : usage.atMs - usage.sinceMs;
  const counted = sinceMs === null ? 'since its counters began' : `in ${formatDuration(sinceMs)}`;
  const because = `nobody used it ${counted}, and no query of the workload would be planned with it`;
  return { looksIdle: true, because, keep: reasonToWait(name, usage, sinceMs, minUnusedMs) };
}

function reasonToWait(
  name: string,
  { standbys }: IndexUsage,
  sinceMs: number | null,
  minUnusedMs: number,
): string | null {
  if (standbys === 'unknown')
    return 'it is not used here, but there are standbys whose counters are not known';
  const there = standbys === 'none' ? 0 : (standbys.get(name) ?? 0);
  if (there > 0) return `it is not used here, but ${there} times on a standby`;
  if (sinceMs === null || sinceMs < minUnusedMs) {
    const since = sinceMs === null ? 'an unknown time' : formatDuration(sinceMs);
    return `it is not used, but its counters cover only ${since}; ${formatDuration(minUnusedMs)} would be enough`;
  }
  return null;
}
