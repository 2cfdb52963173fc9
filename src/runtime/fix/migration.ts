import { RearguardError } from '../../core/errors.ts';
import type { ProjectMigrations } from '../../project/facts.ts';
import { MIGRATION_WRITERS } from './migrations/registry.ts';
import type { MigrationParts, WrittenMigration } from './migrations/types.ts';
import { isAmbiguous, isSchemaChange, needsNoTransaction, splitStatements, undo } from './statements.ts';

// oxlint-disable-next-line no-control-regex -- what no name in a statement of ours holds
const CONTROL = /[\x00-\x08\x0b-\x1f\x7f\u2028\u2029]/;

/** What a branch is merged with, by the framework's own command. */
const MERGES: Partial<Readonly<Record<ProjectMigrations['style'], string>>> = {
  alembic: 'Merge them with `alembic merge heads`, then write it.',
  django: 'Merge them with `manage.py makemigrations --merge`, then write it.',
};

/**
 * A new migration that does what an SQL patch says, in the style of the project. Throws E_PATCH_REFUSED for what is no change of the schema, for a history
 * with several ends, and where a right file cannot be written.
 */
export function writeMigration(
  finding: { id: string; rule: string; patch: string },
  migrations: Pick<ProjectMigrations, 'folder' | 'style' | 'newest' | 'heads'>,
  more: Pick<MigrationParts, 'stampMs' | 'headText' | 'register' | 'beside'>,
): WrittenMigration {
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
  const { heads, newest, style, folder } = migrations;
  const [head, second] = heads;
  if (second !== undefined) {
    const names = heads.map(({ name }) => name).join(', ');
    const hint = MERGES[style] ?? 'Merge them, then write it.';
    throw refuse(`its history has ${heads.length} ends (${names}), and a new one can follow only one`, hint);
  }
  if (head === undefined && newest !== null) {
    throw refuse(
      `the files in ${folder} do not tell which is the newest`,
      'Make an empty one and copy it in.',
    );
  }
  return MIGRATION_WRITERS[style]({
    finding: finding.id,
    rule: finding.rule,
    slug: `rearguard_${`${finding.rule.split('/')[1] ?? 'fix'}_${finding.id}`.replace(/[^a-z0-9]+/gi, '_')}`,
    steps: up.map((statement) => ({ up: statement, down: undo(statement) })),
    noTransaction: up.some(needsNoTransaction),
    head: head ?? null,
    folder,
    ...more,
  });
}
