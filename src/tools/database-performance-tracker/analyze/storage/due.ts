import type { Setting, Settings } from '../../../_shared/database/postgres/settings.ts';
import type { TableStatistics } from '../../../_shared/database/postgres/tables.ts';
import { bothEnds, type Look } from '../look.ts';

/** Rounds of autovacuum that may pass before "it will come" is no explanation any more. */
const ROUNDS = 3;
/** Of autovacuum_naptime, where it cannot be read. */
const DEFAULT_NAPTIME_MS = 60_000;

export interface AutovacuumOf {
  /** Switched off for the whole server, or for this table. */
  off: 'server' | 'table' | null;
  /** Dead rows from which a vacuum is due. */
  vacuumTrigger: number;
  /** Changed rows from which an analyze is due. */
  analyzeTrigger: number;
}

/** The rules by which autovacuum looks at this table: the server's settings, and the table's own before them. */
export function autovacuumOf(table: TableStatistics, settings: Settings): AutovacuumOf {
  const rows = Math.max(0, table.plannedRows ?? table.liveRows);
  const own = (name: string): number | null => numberOf(table.options[name]);
  const of = (name: string, fallback: number): number =>
    own(name) ?? plainNumber(settings.get(name)) ?? fallback;
  const most =
    own('autovacuum_vacuum_max_threshold') ?? plainNumber(settings.get('autovacuum_vacuum_max_threshold'));
  const vacuumTrigger =
    of('autovacuum_vacuum_threshold', 50) + of('autovacuum_vacuum_scale_factor', 0.2) * rows;
  return {
    off: isOff(settings.get('autovacuum')?.value)
      ? 'server'
      : isOff(table.options['autovacuum_enabled'])
        ? 'table'
        : null,
    vacuumTrigger: most === null || most < 0 ? vacuumTrigger : Math.min(vacuumTrigger, most),
    analyzeTrigger:
      of('autovacuum_analyze_threshold', 50) + of('autovacuum_analyze_scale_factor', 0.1) * rows,
  };
}

/**
 * Whether it was due already so long ago that autovacuum should have come: at the beginning of a window of several
 * rounds. In a short look it may be on its way, and nothing is wrong.
 */
export function wasDueBefore(
  look: Look,
  table: TableStatistics,
  settings: Settings,
  wasDue: (earlier: TableStatistics) => boolean,
): boolean {
  const ends = bothEnds(look, 'tables');
  if (!ends.known) return false;
  const naptimeMs = settings.get('autovacuum_naptime')?.number ?? DEFAULT_NAPTIME_MS;
  if (ends.value.seconds * 1_000 < ROUNDS * naptimeMs) return false;
  const earlier = ends.value.before.find(({ oid }) => oid === table.oid);
  return earlier !== undefined && wasDue(earlier);
}

/** The server writes on and off; a storage parameter is as its owner wrote it: false, no, 0, off. */
function isOff(value: string | undefined): boolean {
  return value !== undefined && /^(?:off?|f(?:alse)?|no?|0)$/i.test(value);
}

function plainNumber(setting: Setting | undefined): number | null {
  return setting === undefined ? null : numberOf(setting.value);
}

function numberOf(text: string | undefined): number | null {
  const value = text === undefined ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : null;
}
