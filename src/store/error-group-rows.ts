import { LOG_LEVELS } from '../core/log/level.ts';
import { HOUR_MS } from './bucket.ts';
import type { Connection } from './connection.ts';
import type {
  ErrorLogStore,
  GroupEdge,
  GroupMark,
  GroupSighting,
  LogFold,
  StoredGroup,
} from './error-log-store.ts';

interface GroupRow {
  id: string;
  sighting: string;
  first_seen_ms: number;
  last_seen_ms: number;
  total: number;
  mark: string | null;
}

type Sighted = Pick<GroupSighting, 'kind' | 'title' | 'culprit' | 'level' | 'releases'>;

/** Enough for the releases of a year; the oldest and the newest say what matters. */
const MAX_RELEASES = 200;

/** Stands for all records in the table of hours; no group has an empty id. */
const ALL_RECORDS = '';

type GroupRows = {
  /** Part of a transaction of the caller's. */
  addRecords(hours: LogFold['recordHours']): void;
  /** Part of a transaction of the caller's. */
  add(sighting: GroupSighting): void;
  link(edge: GroupEdge, nowMs: number): void;
  all: ErrorLogStore['groups'];
  find: ErrorLogStore['group'];
  hours: ErrorLogStore['hours'];
  recordHours: ErrorLogStore['recordHours'];
  edges: ErrorLogStore['edges'];
  mark: ErrorLogStore['mark'];
};

export function createGroupRows(connection: Connection): GroupRows {
  const columns = 'id, sighting, first_seen_ms, last_seen_ms, total, mark';
  const select = connection.prepare<GroupRow>(`SELECT ${columns} FROM error_groups WHERE id = ?`);
  const selectAll = connection.prepare<GroupRow>(`SELECT ${columns} FROM error_groups ORDER BY id`);
  const selectPrefix = connection.prepare<GroupRow>(
    `SELECT ${columns} FROM error_groups WHERE substr(id, 1, length(?1)) = ?1 LIMIT 2`,
  );
  const put = connection.prepare(`
    INSERT INTO error_groups (id, sighting, first_seen_ms, last_seen_ms, total) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET
      sighting = excluded.sighting,
      first_seen_ms = min(first_seen_ms, excluded.first_seen_ms),
      last_seen_ms = max(last_seen_ms, excluded.last_seen_ms),
      total = total + excluded.total`);
  const putMark = connection.prepare('UPDATE error_groups SET mark = ? WHERE id = ?');
  const addHour = connection.prepare(`
    INSERT INTO error_group_hours (group_id, hour, count) VALUES (?, ?, ?)
    ON CONFLICT (group_id, hour) DO UPDATE SET count = count + excluded.count`);
  const selectHours = connection.prepare<{ group_id: string; hour: number; count: number }>(`
    SELECT group_id, hour, count FROM error_group_hours
    WHERE hour >= ? AND hour < ? AND group_id <> '' ORDER BY group_id, hour`);
  const selectRecords = connection.prepare<{ hour: number; count: number }>(`
    SELECT hour, count FROM error_group_hours WHERE group_id = '' AND hour >= ? AND hour < ? ORDER BY hour`);
  const putEdge = connection.prepare(`
    INSERT INTO error_group_edges (child, parent, reason, at_ms) VALUES (?, ?, ?, ?)
    ON CONFLICT (child) DO NOTHING`);
  const selectEdges = connection.prepare<{ child: string; parent: string; reason: string }>(
    'SELECT child, parent, reason FROM error_group_edges ORDER BY child',
  );

  return {
    add({ id, hours, firstMs, lastMs, ...sighted }) {
      const before = select.get(id);
      const merged = before === undefined ? sighted : mergeSighted(parse(before), sighted);
      const total = hours.reduce((sum, [, count]) => sum + count, 0);
      put.run(id, JSON.stringify(merged), firstMs, lastMs, total);
      for (const [hour, count] of hours) addHour.run(id, hour, count);
    },
    /** The first parent stays: an id that was told once keeps its meaning. */
    link({ child, parent, reason }, nowMs) {
      putEdge.run(child, parent, JSON.stringify(reason), nowMs);
    },
    addRecords(hours) {
      for (const [hour, count] of hours) addHour.run(ALL_RECORDS, hour, count);
    },
    recordHours: ({ fromMs, toMs }) =>
      selectRecords
        .all(Math.floor(fromMs / HOUR_MS), Math.ceil(toMs / HOUR_MS))
        .map(({ hour, count }) => [hour, count]),
    all: () => selectAll.all().map(toGroup),
    find(id) {
      const exact = select.get(id);
      if (exact !== undefined) return toGroup(exact);
      const [only, another] = selectPrefix.all(id);
      return only === undefined || another !== undefined ? undefined : toGroup(only);
    },
    hours({ fromMs, toMs }) {
      const found = new Map<string, [number, number][]>();
      for (const row of selectHours.all(Math.floor(fromMs / HOUR_MS), Math.ceil(toMs / HOUR_MS))) {
        const counts = found.get(row.group_id) ?? [];
        if (counts.length === 0) found.set(row.group_id, counts);
        counts.push([row.hour, row.count]);
      }
      return found;
    },
    edges: () =>
      selectEdges
        .all()
        .map(({ child, parent, reason }) => ({ child, parent, reason: JSON.parse(reason) as unknown })),
    mark: (id, mark) => putMark.run(mark === null ? null : JSON.stringify(mark), id) > 0,
  };
}

function parse({ sighting }: GroupRow): Sighted {
  return JSON.parse(sighting) as Sighted;
}

/** Title, culprit and kind are those of the first sighting. */
function mergeSighted(before: Sighted, added: Sighted): Sighted {
  const releases = [...new Set([...before.releases, ...added.releases])];
  return {
    kind: before.kind,
    title: before.title,
    culprit: before.culprit,
    level:
      LOG_LEVELS[Math.max(LOG_LEVELS.indexOf(before.level), LOG_LEVELS.indexOf(added.level))] ?? before.level,
    releases:
      releases.length <= MAX_RELEASES
        ? releases
        : [...releases.slice(0, MAX_RELEASES / 2), ...releases.slice(-MAX_RELEASES / 2)],
  };
}

function toGroup(row: GroupRow): StoredGroup {
  return {
    id: row.id,
    ...parse(row),
    firstSeenMs: row.first_seen_ms,
    lastSeenMs: row.last_seen_ms,
    total: row.total,
    mark: row.mark === null ? null : (JSON.parse(row.mark) as GroupMark),
  };
}
