import path from 'node:path';
import type { ProjectMigrations } from '../../project/facts.ts';
import { systemFiles } from '../../platform/files.ts';
import { exactText } from '../../platform/exact-text.ts';
import { writeMigration } from './migration.ts';
import type { MigrationFile, WrittenMigration } from './migrations/types.ts';
import { planDiff, refused } from './plan-diff.ts';
import { writeAll } from './write-files.ts';

export interface PlannedMigration extends WrittenMigration {
  style: ProjectMigrations['style'];
}

/**
 * The migration of a patch for the project in `root`, its files named relative to that. `wanted` is the folder, or true for the only one there is. Throws
 * E_PATCH_REFUSED.
 */
export async function planMigration(
  finding: { id: string; rule: string; patch: string },
  root: string,
  wanted: string | true,
  { stampMs, signal }: { stampMs: number; signal: AbortSignal },
): Promise<PlannedMigration> {
  const migrations = await migrationsFor(finding.id, root, wanted, signal);
  const { folder, style, heads, register } = migrations;
  await assertNotThere(finding.id, root, folder);
  const textOf = (name: string): Promise<string | null> =>
    exactText(path.join(root, folder, name)).catch(() => null);
  const registerName = register === null ? null : path.posix.relative(folder, register);
  const registerText = registerName === null ? null : await textOf(registerName);
  const snapshots = style === 'drizzle' ? await textsOf(path.join(root, folder, 'meta')) : new Map();
  const [head] = heads;
  const { files, notes } = writeMigration(finding, migrations, {
    stampMs,
    headText: head === undefined ? null : await textOf(head.name),
    register:
      registerName === null || registerText === null ? null : { name: registerName, text: registerText },
    beside: (name) => snapshots.get(path.posix.basename(name)) ?? null,
  });
  const placed = files.map((file): MigrationFile => ({ ...file, name: path.posix.join(folder, file.name) }));
  return { style, notes, files: placed };
}

/** As a patch that makes them: the same guard of paths, and nothing is overwritten that git could not give back. */
export async function writeMigrationFiles(
  id: string,
  root: string,
  files: readonly MigrationFile[],
  options: { force: boolean; signal: AbortSignal },
): Promise<void> {
  const { createTwoFilesPatch } = await import('diff');
  const patch = files
    .map(({ name, text, before }) =>
      createTwoFilesPatch(before === null ? '/dev/null' : `a/${name}`, `b/${name}`, before ?? '', text),
    )
    .join('');
  await writeAll(id, root, () => planDiff(id, patch, root), options);
}

/** Those of the project in that folder; an empty one gets plain SQL. */
async function migrationsFor(
  id: string,
  root: string,
  wanted: string | true,
  signal: AbortSignal,
): Promise<Pick<ProjectMigrations, 'folder' | 'style' | 'newest' | 'heads' | 'register'>> {
  const { readProject } = await import('../../project/read-project.ts');
  const found = (await readProject(root, systemFiles, signal)).migrations.map(({ value }) => value);
  if (wanted === true) {
    const [first, second] = found;
    if (first !== undefined && second === undefined) return first;
    const folders = found.map(({ folder }) => folder).join(', ');
    const reason =
      first === undefined ? 'no migrations were found' : `there are several folders of migrations`;
    throw refused(
      id,
      reason,
      `Name the folder: --as-migration ${folders === '' ? 'migrations' : `one of ${folders}`}`,
    );
  }
  const folder = wanted.replaceAll('\\', '/').replace(/^\.\/|\/+$/g, '');
  const known = found.find((one) => one.folder === folder);
  if (known !== undefined) return known;
  const entries = await systemFiles.list(path.join(root, folder)).catch(() => []);
  if (entries.some(({ name }) => !name.startsWith('.'))) {
    const hint = 'Make an empty migration with your own tool and copy the statement into it.';
    throw refused(id, `what is in ${folder} was not recognised as migrations`, hint);
  }
  return { folder, style: 'sql', newest: null, heads: [], register: null };
}

/** A second migration that does the same would fail when it runs. */
async function assertNotThere(id: string, root: string, folder: string): Promise<void> {
  const entries = await systemFiles.list(path.join(root, folder)).catch(() => []);
  const own = entries.find(({ name }) => name.includes(id.replaceAll('-', '_')));
  if (own === undefined) return;
  throw refused(id, `${folder}/${own.name} is its migration already`, 'Run your migrations, then verify.');
}

async function textsOf(folder: string): Promise<Map<string, string>> {
  const entries = await systemFiles.list(folder).catch(() => []);
  const texts = new Map<string, string>();
  for (const { name, kind } of entries) {
    const text = kind === 'file' ? await exactText(path.join(folder, name)).catch(() => null) : null;
    if (text !== null) texts.set(name, text);
  }
  return texts;
}
