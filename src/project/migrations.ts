import { posix } from 'node:path';
import type { Fact, MigrationHead, ProjectMigrations } from './facts.ts';
import { found, guessed } from './fact.ts';
import { headsByReference } from './migration-lines.ts';
import { isOfStyle, type Sign, signOf } from './migration-signs.ts';
import type { ProjectFile, Repository } from './repository.ts';

type Style = ProjectMigrations['style'];

interface Folder {
  style: Style;
  names: Set<string>;
  first: string;
}

export function migrationsOf(repository: Repository): Fact<ProjectMigrations>[] {
  const byFolder = new Map<string, Folder>();
  for (const file of repository.own) {
    const sign = signOf(file, repository);
    if (sign === undefined || sign.except?.test(file.path) === true || isMaster(file, sign)) continue;
    const place = sign.folderEach === true ? posix.dirname(file.path) : file.path;
    const folder = posix.dirname(place);
    const known = byFolder.get(folder) ?? { style: sign.style, names: new Set<string>(), first: file.path };
    if (known.style !== sign.style) continue;
    known.names.add(posix.basename(place));
    byFolder.set(folder, known);
  }
  return [...byFolder].map(([folder, known]) => {
    const { style, names, first } = known;
    const heads = headsOf(folder, known, repository);
    const [head] = heads;
    const byName = [...names].toSorted(byVersion).at(-1) ?? null;
    const newest = head !== undefined && heads.length === 1 ? head.name : byName;
    const register = newest === null ? null : registerOf(style, folder, newest, repository);
    const fact = { folder, style, count: names.size, newest, heads, register };
    // Numbered files of SQL are a convention of many tools and of none.
    return (style === 'sql' ? guessed : found)(fact, first);
  });
}

/** A changelog that only names others is no migration. */
function isMaster({ text }: ProjectFile, { style }: Sign): boolean {
  return style === 'liquibase' && INCLUDES.test(text) && !/\bchangeSet\b/i.test(text);
}

function headsOf(folder: string, { style, names }: Folder, repository: Repository): readonly MigrationHead[] {
  const files = repository.files.filter(
    (file) => posix.dirname(file.path) === folder && isOfStyle(file, style, repository),
  );
  const heads = headsByReference(style, { repository, folder, files });
  if (heads !== null) return heads;
  const ordered =
    style === 'typeorm' ? byClass(folder, [...names], repository) : [...names].toSorted(byVersion);
  const name = ordered.at(-1);
  if (name === undefined) return [];
  if (style === 'typeorm') return [{ name, reference: classStamp(folder, name, repository) ?? name }];
  const others = rivalsOf(style, folder, repository);
  return [{ name, reference: [name, ...others].toSorted(byVersion).at(-1) ?? name }];
}

/** TypeORM goes by the time stamp at the end of the class, whatever the file is called. */
function classStamp(folder: string, name: string, repository: Repository): string | undefined {
  return /\bclass\s+\w*?(\d{13})\b/.exec(repository.file(posix.join(folder, name))?.text ?? '')?.[1];
}

function byClass(folder: string, names: readonly string[], repository: Repository): string[] {
  const stampOf = (name: string): string => classStamp(folder, name, repository) ?? '';
  return names.toSorted((a, b) => stampOf(a).localeCompare(stampOf(b)) || byVersion(a, b));
}

/** What takes versions of the same line without being among the files of the folder. */
function rivalsOf(style: Style, folder: string, repository: Repository): string[] {
  // A schema that is loaded counts every migration up to its version as run.
  if (style === 'rails') {
    const schema = repository.file(posix.join(posix.dirname(folder), 'schema.rb'))?.text ?? '';
    const version = /\bdefine\(\s*version:\s*([\d_]+)/.exec(schema)?.[1];
    return version === undefined ? [] : [version.replaceAll('_', '')];
  }
  const taken = TAKEN[style];
  return taken === undefined
    ? []
    : repository.files
        .map(({ path }) => path)
        .filter((path) => taken.path.test(path) && (taken.everywhere || posix.dirname(path) === folder))
        .map((path) => posix.basename(path));
}

/** Migrations in code, and those of other folders where one history is made of all. */
const TAKEN: Partial<Readonly<Record<Style, { path: RegExp; everywhere: boolean }>>> = {
  flyway: { path: /(?:^|\/)V\d[\w.]*__\w+\.(?:sql|java|kt)$/, everywhere: true },
  goose: { path: /(?:^|\/)\d+_\w+\.(?:sql|go)$/, everywhere: false },
};

/** `<include file=`, `- include:` and those of whole folders. */
const INCLUDES = /<include(?:All)?\b|^[ \t]*(?:-[ \t]*)?include(?:All)?:/m;

function registerOf(style: Style, folder: string, newest: string, repository: Repository): string | null {
  if (style === 'drizzle') return posix.join(folder, 'meta', '_journal.json');
  if (style !== 'liquibase') return null;
  const changelogs = repository.own.filter(
    (file) => INCLUDES.test(file.text) && signOf(file, repository)?.style === 'liquibase',
  );
  const own = posix.join(folder, newest);
  const naming = changelogs.find(({ path, text }) => path !== own && text.includes(newest));
  if (naming !== undefined) return naming.path;
  const name = posix.basename(folder).replace(/[^\w-]/g, '.');
  const wholeFolder = new RegExp(`\\bincludeAll\\b[^]{0,200}?\\b${name}\\b`);
  // A lone changelog goes on in itself.
  return changelogs.some(({ text }) => wholeFolder.test(text)) ? null : own;
}

/** By their first number and its parts; the same order every time where there is none. */
function byVersion(a: string, b: string): number {
  const [left, right] = [a, b].map(
    (name) => /\d+(?:[._]\d+)*/.exec(name)?.[0].split(/[._]/).map(Number) ?? [],
  );
  for (const [index, part] of (left ?? []).entries()) {
    const difference = part - (right?.[index] ?? -1);
    if (difference !== 0) return difference;
  }
  // `V2.1` comes behind `V2`.
  if ((left?.length ?? 0) !== (right?.length ?? 0)) return (left?.length ?? 0) - (right?.length ?? 0);
  return a < b ? -1 : 1;
}
