import { RearguardError } from '../../core/errors.ts';
import type { ProjectMigrations } from '../../project/facts.ts';
import { isAmbiguous, isSchemaChange, needsNoTransaction, splitStatements, undo } from './statements.ts';
import { MIGRATION_WRITERS } from './migration-writers.ts';

/** A file of a migration, its name relative to the folder of migrations. */
export interface MigrationFile {
  name: string;
  text: string;
}

/** What a writer knows: statements have no semicolon at their end. */
export interface MigrationParts {
  finding: string;
  rule: string;
  /** `add_index_sql_3f9a1c20`-like: letters, digits and underscores. */
  slug: string;
  up: readonly string[];
  /** In the order in which they undo; null where the way down is not known. */
  down: readonly string[] | null;
  /** A statement of it must not run in a transaction. */
  noTransaction: boolean;
  /** `20261128161800` */
  stamp: string;
  /** Name of the newest migration, without its ending where it is a file; null when there is none. */
  newest: string | null;
  /** Text of the newest migration, for what a new one must refer to. */
  newestText: string | null;
  folder: string;
}

// oxlint-disable-next-line no-control-regex -- what no name in a statement of ours holds
const CONTROL = /[\x00-\x08\x0b-\x1f\x7f\u2028\u2029]/;

/**
 * A new migration that does what an SQL patch says, in the style of the project. Throws E_PATCH_REFUSED for what is no change of the schema, and for styles
 * that cannot be written.
 */
export function writeMigration(
  finding: { id: string; rule: string; patch: string },
  migrations: Pick<ProjectMigrations, 'folder' | 'style' | 'newest'>,
  more: { stampMs: number; newestText: string | null },
): MigrationFile[] {
  const refuse = (reason: string, hint: string): RearguardError =>
    new RearguardError('E_PATCH_REFUSED', { id: finding.id, reason, hint });
  const up = splitStatements(finding.patch);
  const foreign = up.find((statement) => !isSchemaChange(statement));
  if (up.length === 0 || foreign !== undefined) {
    throw refuse(
      'it is no change of the schema that belongs into a migration',
      'Run it by hand where it is needed; `rearguard fix` prints it.',
    );
  }
  if (CONTROL.test(finding.patch)) throw refuse('a name in it holds control characters', 'Write it by hand.');
  if (isAmbiguous(finding.patch)) {
    throw refuse('a text in it holds a backslash, which databases read in two ways', 'Write it by hand.');
  }
  const writer = MIGRATION_WRITERS[migrations.style];
  if (writer === undefined) {
    throw refuse(
      `migrations of ${migrations.style} cannot be written yet`,
      'Make an empty one with its own command and copy the statement into it.',
    );
  }
  const ways = up.toReversed().map(undo);
  const down = ways.filter((way) => way !== null);
  return writer({
    finding: finding.id,
    rule: finding.rule,
    slug: `rearguard_${`${finding.rule.split('/')[1] ?? 'fix'}_${finding.id}`.replace(/[^a-z0-9]+/gi, '_')}`,
    up,
    down: down.length === ways.length ? down : null,
    noTransaction: up.some(needsNoTransaction),
    stamp: new Date(more.stampMs).toISOString().replace(/\D/g, '').slice(0, 14),
    newest: migrations.newest,
    newestText: more.newestText,
    folder: migrations.folder,
  });
}
