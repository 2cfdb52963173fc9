import { RearguardError } from '../core/errors.ts';
import type { Connection } from './connection.ts';

/** "REAR": marks the file as a Rearguard store (PRAGMA application_id). */
export const APPLICATION_ID = 0x52_45_41_52;

/** Forward only: a migration that was released is never edited; a change is a new one at the end. */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE findings (
    fingerprint TEXT PRIMARY KEY,
    key TEXT NOT NULL,                -- the id, with the whole fingerprint instead of 8 hex of it
    tool TEXT NOT NULL,
    state TEXT NOT NULL,              -- as if nothing were muted
    first_seen_ms INTEGER NOT NULL,
    last_seen_ms INTEGER NOT NULL,
    muted INTEGER NOT NULL DEFAULT 0,
    mute_until_ms INTEGER,            -- NULL: for good
    mute_reason TEXT,
    draft TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX findings_by_tool ON findings (tool);

  CREATE TABLE series (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    metric TEXT NOT NULL,
    unit TEXT NOT NULL,
    attributes TEXT NOT NULL,
    rolled_until_ms INTEGER NOT NULL DEFAULT 0,  -- the rollups hold exactly the samples before this time
    minutes_from_ms INTEGER NOT NULL DEFAULT 0   -- minute rollups are complete from this hour on
  );
  CREATE INDEX series_by_metric ON series (metric);

  CREATE TABLE detail_shapes (
    id INTEGER PRIMARY KEY,
    names TEXT NOT NULL UNIQUE        -- a JSON array; samples keep the values only
  );

  CREATE TABLE samples (
    series_id INTEGER NOT NULL REFERENCES series (id),
    at_ms INTEGER NOT NULL,
    sequence INTEGER NOT NULL,        -- tells samples of the same millisecond apart
    outcome INTEGER NOT NULL,
    value REAL,
    cause TEXT,
    covers_ms INTEGER NOT NULL,
    shape_id INTEGER REFERENCES detail_shapes (id),
    detail TEXT,
    PRIMARY KEY (series_id, at_ms, sequence)
  ) WITHOUT ROWID;

  CREATE TABLE rollups (
    series_id INTEGER NOT NULL REFERENCES series (id),
    width_ms INTEGER NOT NULL,
    start_ms INTEGER NOT NULL,
    ok INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    suspect INTEGER NOT NULL,
    ok_scheduled INTEGER NOT NULL,
    failed_scheduled INTEGER NOT NULL,
    ok_cover_ms INTEGER NOT NULL,
    failed_cover_ms INTEGER NOT NULL,
    causes TEXT,                      -- NULL: none
    histogram BLOB,                   -- NULL: empty
    PRIMARY KEY (series_id, width_ms, start_ms)
  ) WITHOUT ROWID;

  CREATE TABLE gaps (
    from_ms INTEGER NOT NULL,
    to_ms INTEGER NOT NULL,
    reason TEXT NOT NULL,
    detail TEXT,
    PRIMARY KEY (from_ms, to_ms, reason)
  ) WITHOUT ROWID;

  CREATE TABLE runs (
    position INTEGER PRIMARY KEY,     -- order of recording: the latest run is the last one, whatever the clock said
    run_id TEXT NOT NULL UNIQUE,
    tool TEXT NOT NULL,
    command TEXT NOT NULL,
    started_ms INTEGER NOT NULL,
    report TEXT NOT NULL
  );
  CREATE INDEX runs_by_tool ON runs (tool, position);
  CREATE INDEX runs_by_command ON runs (tool, command, position);
  CREATE INDEX runs_by_start ON runs (started_ms);

  CREATE TABLE baselines (
    tool TEXT NOT NULL,
    name TEXT NOT NULL,
    saved_at_ms INTEGER NOT NULL,
    data TEXT NOT NULL,
    PRIMARY KEY (tool, name)
  ) WITHOUT ROWID;

  CREATE TABLE events (
    id TEXT PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    kind TEXT NOT NULL,
    event TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX events_by_time ON events (at_ms);
  `,
  `
  CREATE TABLE alerts (
    fingerprint TEXT NOT NULL,
    started_at_ms INTEGER NOT NULL,   -- one row per episode
    state TEXT NOT NULL,
    resolved_at_ms INTEGER,
    alert TEXT NOT NULL,
    PRIMARY KEY (fingerprint, started_at_ms)
  ) WITHOUT ROWID;
  CREATE INDEX alerts_open ON alerts (started_at_ms) WHERE state <> 'resolved';
  CREATE INDEX alerts_by_end ON alerts (resolved_at_ms);

  CREATE TABLE alert_groups (
    key TEXT PRIMARY KEY,
    alert_group TEXT NOT NULL
  ) WITHOUT ROWID;

  CREATE TABLE deliveries (
    position INTEGER PRIMARY KEY AUTOINCREMENT,  -- never given twice, so that it orders for good
    notifier TEXT NOT NULL,
    message_id TEXT NOT NULL,
    message TEXT NOT NULL,
    queued_at_ms INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    next_attempt_at_ms INTEGER NOT NULL,
    state TEXT NOT NULL DEFAULT 'queued',
    last_error TEXT,
    settled_at_ms INTEGER,
    UNIQUE (notifier, message_id)
  );
  CREATE INDEX deliveries_queued ON deliveries (notifier, position) WHERE state = 'queued';
  CREATE INDEX deliveries_by_end ON deliveries (settled_at_ms);

  CREATE TABLE windows (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    from_ms INTEGER NOT NULL,
    to_ms INTEGER NOT NULL,
    subjects TEXT NOT NULL,
    reason TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX windows_by_end ON windows (to_ms);

  CREATE TABLE heartbeats (
    name TEXT PRIMARY KEY,
    expected_since_ms INTEGER NOT NULL,
    last_at_ms INTEGER                -- NULL: never heard of
  ) WITHOUT ROWID;

  CREATE TABLE lease (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    holder TEXT NOT NULL,
    renewed_at_ms INTEGER NOT NULL,
    released INTEGER NOT NULL DEFAULT 0
  );
  `,
  `
  CREATE TABLE observations (
    tool TEXT NOT NULL,
    subject TEXT NOT NULL,
    kind TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    document BLOB NOT NULL,           -- JSON, gzip
    PRIMARY KEY (tool, subject, kind, at_ms)
  ) WITHOUT ROWID;
  CREATE INDEX observations_by_time ON observations (at_ms);
  `,
  `
  CREATE TABLE error_groups (
    id TEXT PRIMARY KEY,
    sighting TEXT NOT NULL,           -- JSON: kind, title, level, releases
    first_seen_ms INTEGER NOT NULL,
    last_seen_ms INTEGER NOT NULL,
    total INTEGER NOT NULL,
    mark TEXT                         -- JSON: resolved or ignored, since when; NULL: open
  ) WITHOUT ROWID;

  CREATE TABLE error_group_hours (
    group_id TEXT NOT NULL,
    hour INTEGER NOT NULL,            -- epoch milliseconds / 3,600,000
    count INTEGER NOT NULL,
    PRIMARY KEY (group_id, hour)
  ) WITHOUT ROWID;
  CREATE INDEX error_group_hours_by_time ON error_group_hours (hour);

  CREATE TABLE error_group_edges (
    child TEXT PRIMARY KEY,
    parent TEXT NOT NULL,
    reason TEXT NOT NULL,
    at_ms INTEGER NOT NULL
  ) WITHOUT ROWID;

  CREATE TABLE log_segments (
    start_ms INTEGER NOT NULL,
    width_ms INTEGER NOT NULL,
    document BLOB NOT NULL,           -- JSON, gzip
    PRIMARY KEY (start_ms, width_ms)
  ) WITHOUT ROWID;

  CREATE TABLE log_checkpoints (
    stream TEXT PRIMARY KEY,
    document TEXT NOT NULL
  ) WITHOUT ROWID;
  `,
  `
  CREATE TABLE finding_changes (
    position INTEGER PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    state TEXT NOT NULL               -- new, regressed or resolved
  );
  CREATE INDEX finding_changes_by_time ON finding_changes (at_ms);

  CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    started_ms INTEGER NOT NULL,
    ended_ms INTEGER,                 -- NULL: open
    document TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX sessions_by_time ON sessions (started_ms);

  CREATE TABLE live_runs (
    run_id TEXT PRIMARY KEY,
    created_ms INTEGER NOT NULL,
    state TEXT NOT NULL,
    heartbeat_ms INTEGER NOT NULL,
    cancel_requested INTEGER NOT NULL DEFAULT 0,
    document TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX live_runs_by_time ON live_runs (created_ms);
  `,
];

/** Refuses a file that is not ours, or that a newer Rearguard wrote, before anything in it is changed. */
export function assertOurs(connection: Connection, known: number = MIGRATIONS.length): void {
  if (!connection.snapshot(() => isOursOrEmpty(connection))) {
    throw new RearguardError('E_STORE_CORRUPT', {
      path: connection.path,
      reason: 'it is a database of another program',
    });
  }
  assertNotNewer(connection, known);
}

/** Brings the schema up to date. Each step is one transaction, so of several processes at once each step is taken by one. */
export function migrate(connection: Connection, migrations: readonly string[] = MIGRATIONS): void {
  while (readPragma(connection, 'user_version') !== migrations.length) {
    connection.transaction(() => {
      const version = assertNotNewer(connection, migrations.length);
      const migration = migrations[version];
      if (migration === undefined) return;
      connection.exec(migration);
      connection.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${version + 1}`);
    });
  }
}

function isOursOrEmpty(connection: Connection): boolean {
  const applicationId = readPragma(connection, 'application_id');
  if (applicationId !== 0) return applicationId === APPLICATION_ID;
  return connection.prepare('SELECT name FROM sqlite_master LIMIT 1').get() === undefined;
}

function assertNotNewer(connection: Connection, known: number): number {
  const found = readPragma(connection, 'user_version');
  if (found > known) throw new RearguardError('E_STORE_NEWER', { path: connection.path, found, known });
  return found;
}

function readPragma(connection: Connection, name: 'application_id' | 'user_version'): number {
  return connection.prepare<Record<typeof name, number>>(`PRAGMA ${name}`).get()?.[name] ?? 0;
}
