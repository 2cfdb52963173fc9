import { posix } from 'node:path';
import type { MigrationHead, ProjectMigrations } from './facts.ts';
import type { ProjectFile, Repository } from './repository.ts';

/** What stands between a name and `=`: an annotation. */
const GIVEN = String.raw`\b[^=\n]*=[ \t]*`;
const REVISION = new RegExp(`^revision${GIVEN}["']([^"']+)["']`, 'gm');
const DOWN_REVISION = new RegExp(
  String.raw`^down_revision${GIVEN}(\([^)]{0,2000}\)|\[[^\]]{0,2000}\]|["'][^"']*["'])`,
  'gm',
);
const QUOTED = /["']([^"']+)["']/g;
/** `("shop", "0003_users")` */
const PAIR = /\(\s*["'](\w+)["']\s*,\s*["'](\w+)["']\s*,?\s*\)/g;

interface Line {
  repository: Repository;
  folder: string;
  /** Files of the folder that are migrations, tests or not: a migration may be called `0003_load_test`. */
  files: readonly ProjectFile[];
}

/**
 * The migrations of a folder that no other comes after, with what a new one refers to; null where the names decide, and the newest is the only one.
 */
export function headsByReference(style: ProjectMigrations['style'], line: Line): MigrationHead[] | null {
  if (style === 'alembic') return alembicHeads(line);
  return style === 'django' ? djangoLeaves(line) : null;
}

/** Revisions that no file anywhere in the repository goes on from: folders of several branches may refer to each other. */
function alembicHeads({ repository, files }: Line): MigrationHead[] {
  const continued = new Set(
    repository.files
      .filter(({ path, text }) => path.endsWith('.py') && text.includes('down_revision'))
      .flatMap((file) => {
        const before = assignedIn(file, DOWN_REVISION, repository) ?? '';
        return [...before.matchAll(QUOTED)].map(([, revision = '']) => revision);
      }),
  );
  return files.flatMap((file) => {
    const reference = assignedIn(file, REVISION, repository);
    if (reference === undefined || continued.has(reference)) return [];
    return [{ name: posix.basename(file.path), reference }];
  });
}

/** A squashed migration stands for those that it replaces. */
function djangoLeaves({ repository, folder, files }: Line): MigrationHead[] {
  const app = posix.dirname(folder);
  const config = repository.file(posix.join(app, 'apps.py'));
  const label =
    /^[ \t]+label[ \t]*=\s*["'](\w+)["']/m.exec(
      config === undefined ? '' : codeOf(config, repository),
    )?.[1] ?? posix.basename(app);
  const migrations = files.map((file) => {
    const code = codeOf(file, repository);
    const own = (list: string): string[] =>
      [...listOf(list, code).matchAll(PAIR)].flatMap(([, of, name = '']) => (of === label ? [name] : []));
    return { name: posix.basename(file.path, '.py'), before: own('dependencies'), replaces: own('replaces') };
  });
  const replacedBy = new Map(migrations.flatMap(({ name, replaces }) => replaces.map((old) => [old, name])));
  const continued = new Set(
    migrations
      .filter(({ name }) => !replacedBy.has(name))
      .flatMap(({ before }) => before.map((name) => replacedBy.get(name) ?? name)),
  );
  return migrations
    .filter(({ name }) => !replacedBy.has(name) && !continued.has(name))
    .map(({ name }) => ({ name: `${name}.py`, reference: `${label}.${name}` }));
}

/** Docstrings speak of revisions too. */
function assignedIn(file: ProjectFile, assignment: RegExp, repository: Repository): string | undefined {
  const { code, mask } = repository.source(file) ?? { code: file.text, mask: file.text };
  const match = [...code.matchAll(assignment)].find(({ index }) => mask.charAt(index) === code.charAt(index));
  return match?.[1];
}

function listOf(name: string, code: string): string {
  return new RegExp(`^[ \\t]+${name}${GIVEN}[[(]([^\\]]*)`, 'm').exec(code)?.[1] ?? '';
}

function codeOf(file: ProjectFile, repository: Repository): string {
  return repository.source(file)?.code ?? file.text;
}
