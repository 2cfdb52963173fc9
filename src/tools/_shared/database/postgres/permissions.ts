import type { SqlSession } from '../../../../platform/sql/types.ts';
import { grantMonitor } from './grants.ts';
import type { ServerFacts } from './server.ts';
import type { Topic } from './snapshot.ts';
import { majorOf, quoteName, USER_SCHEMAS } from './sql.ts';
import { statementsReader } from './statements.ts';
import { CHEAP_MS } from './topic.ts';

/** A right, an extension or a setting that our role lacks, and what is therefore unknown. */
export interface MissingGrant {
  /** One sentence without a full stop: `sessions and statements of other users are hidden`. */
  reason: string;
  /** Complete statements for the server, to be run by its owner. */
  grant: string;
  /** What is unknown, or only partly known, without it. */
  topics: readonly Topic[];
  /** Beyond topics: `EXPLAIN`, `planner statistics`. */
  also: readonly string[];
}

interface RightsRow extends Record<string, unknown> {
  /** Schemas with sequences, or tables, that the role may not read. */
  sequenceSchemas: string[] | null;
  tableSchemas: string[] | null;
  countsTables: boolean;
  tracksActivity: boolean;
}

const RIGHTS = `SELECT
  (SELECT json_agg(DISTINCT n.nspname) FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'S' AND ${USER_SCHEMAS('n')}
      AND CASE c.relkind WHEN 'S' THEN NOT has_sequence_privilege(c.oid, 'USAGE, SELECT') END) AS "sequenceSchemas",
  (SELECT json_agg(DISTINCT n.nspname) FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'm') AND ${USER_SCHEMAS('n')}
      AND NOT (has_table_privilege(c.oid, 'SELECT') AND has_schema_privilege(n.oid, 'USAGE'))) AS "tableSchemas",
  current_setting('track_counts') = 'on' AS "countsTables",
  current_setting('track_activities') = 'on' AS "tracksActivity"`;

/** What our role lacks, the most important first; nothing when all can be read. */
export async function readPermissions(session: SqlSession, server: ServerFacts): Promise<MissingGrant[]> {
  const [rights] = await session.query<RightsRow>(RIGHTS, [], { catalog: true, timeoutMs: CHEAP_MS });
  return [
    ...missingMonitor(server),
    ...missingStatements(server),
    ...(rights === undefined ? [] : [...missingRights(rights, server), ...missingSettings(rights)]),
  ];
}

function missingMonitor(server: ServerFacts): MissingGrant[] {
  if (server.seesAllSessions) return [];
  return [
    {
      reason: 'sessions and statements of other users are hidden',
      grant: grantMonitor(server),
      topics: ['statements', 'activity', 'locks', 'replication', 'xminHolders', 'progress', 'settings'],
      also: [],
    },
  ];
}

function missingStatements(server: ServerFacts): MissingGrant[] {
  const refusal = statementsReader.refusal?.({ ...server, seesAllSessions: true }) ?? null;
  if (refusal === null) return [];
  return [{ reason: refusal.reason, grant: refusal.hint ?? '', topics: ['statements'], also: [] }];
}

function missingRights(rights: RightsRow, server: ServerFacts): MissingGrant[] {
  const role = quoteName(server.user);
  const tables = rights.tableSchemas ?? [];
  const sequences = rights.sequenceSchemas ?? [];
  const everything = majorOf(server) >= 14 && tables.length > 0 ? `GRANT pg_read_all_data TO ${role};` : null;
  const inSchemas = (schemas: readonly string[], what: string): string =>
    schemas
      .map((schema) => `GRANT SELECT ON ALL ${what} IN SCHEMA ${quoteName(schema)} TO ${role};`)
      .join(' ');
  const usage = tables.map((schema) => `GRANT USAGE ON SCHEMA ${quoteName(schema)} TO ${role};`);
  const missing: MissingGrant[] = [];
  if (tables.length > 0) {
    missing.push({
      reason: `the role may not read all tables in ${tables.join(', ')}`,
      grant: everything ?? [...usage, inSchemas(tables, 'TABLES')].join(' '),
      topics: ['catalog', 'tables'],
      also: ['planner statistics', 'EXPLAIN'],
    });
  }
  if (sequences.length > 0) {
    missing.push({
      reason: `the role may not read all sequences in ${sequences.join(', ')}`,
      grant: inSchemas(sequences, 'SEQUENCES'),
      topics: ['sequences', 'integerKeys'],
      also: [],
    });
  }
  return missing;
}

function missingSettings({ countsTables, tracksActivity }: RightsRow): MissingGrant[] {
  const turnOn = (setting: string): string => `ALTER SYSTEM SET ${setting} = on; SELECT pg_reload_conf();`;
  return [
    ...(countsTables
      ? []
      : [
          {
            reason: 'the server does not count what is done to tables (track_counts is off)',
            grant: turnOn('track_counts'),
            topics: ['tables', 'indexes', 'databases'] as const,
            also: ['autovacuum'],
          },
        ]),
    ...(tracksActivity
      ? []
      : [
          {
            reason: 'the server does not note what sessions do (track_activities is off)',
            grant: turnOn('track_activities'),
            topics: ['activity', 'locks', 'xminHolders'] as const,
            also: [],
          },
        ]),
  ];
}
