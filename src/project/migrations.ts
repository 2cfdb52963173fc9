import { posix } from 'node:path';
import type { Fact, ProjectMigrations } from './facts.ts';
import { found, guessed } from './fact.ts';
import type { ProjectFile, Repository } from './repository.ts';

type Style = ProjectMigrations['style'];

interface Sign {
  style: Style;
  path: RegExp;
  /** What only a migration of this style holds; absent where the path alone decides. */
  text?: RegExp;
  /** Of styles with a folder for each migration. */
  folderEach?: boolean;
  /** Not counted: the way down of the same migration. */
  except?: RegExp;
}

/** The first that fits decides: those that only a name speaks for come last. */
const SIGNS: readonly Sign[] = [
  { style: 'prisma', path: /(?:^|\/)migrations\/\d{8,}_[^/]*\/migration\.sql$/, folderEach: true },
  { style: 'alembic', path: /(?:^|\/)versions\/[^/]+\.py$/, text: /^down_revision\b/m },
  { style: 'django', path: /(?:^|\/)migrations\/\d{4}_\w+\.py$/, text: /\bmigrations\.Migration\b/ },
  { style: 'rails', path: /(?:^|\/)db\/migrate\/\d+_\w+\.rb$/ },
  { style: 'laravel', path: /(?:^|\/)database\/migrations\/[\w]+\.php$/ },
  {
    style: 'typeorm',
    path: /\.[cm]?[jt]s$/,
    text: /\bimplements\s+MigrationInterface\b|\bMigrationInterface\b[\s\S]*\bqueryRunner\b/,
  },
  { style: 'mikro-orm', path: /\.[cm]?[jt]s$/, text: /@mikro-orm\/migrations[\s\S]*\bextends\s+Migration\b/ },
  { style: 'sequelize', path: /(?:^|\/)migrations?\/[^/]+\.[cm]?[jt]s$/, text: /\bqueryInterface\b/ },
  {
    style: 'node-pg-migrate',
    path: /(?:^|\/)migrations?\/[^/]+\.[cm]?[jt]s$/,
    text: /\bpgm\s*\.\s*\w+\(|\bMigrationBuilder\b/,
  },
  { style: 'knex', path: /(?:^|\/)migrations?\/[^/]+\.[cm]?[jt]s$/, text: /\bknex\b[\s\S]*\bschema\b/i },
  { style: 'goose', path: /\.sql$/, text: /^--\s*\+goose\s+Up\b/m },
  { style: 'golang-migrate', path: /\.up\.sql$/ },
  { style: 'flyway', path: /(?:^|\/)V\d[\w.]*__\w+\.sql$/ },
  {
    style: 'liquibase',
    path: /\.(?:xml|ya?ml|sql|json)$/,
    text: /<databaseChangeLog\b|^databaseChangeLog:|^--\s*liquibase formatted sql/m,
  },
  {
    style: 'drizzle',
    path: /(?:^|\/)(?:drizzle|migrations)\/\d{4}_\w+\.sql$/,
    text: /--> statement-breakpoint/,
  },
  { style: 'drizzle', path: /(?:^|\/)drizzle\/(?:migrations\/)?\d{4}_\w+\.sql$/ },
  {
    style: 'sql',
    path: /(?:^|\/)(?:migrations?|migrate)\/(?:V?\d+)[\w.-]*\.sql$/i,
    except: /[._-]down\.sql$/i,
  },
];

export function migrationsOf(repository: Repository): Fact<ProjectMigrations>[] {
  const byFolder = new Map<string, { style: Style; names: Set<string>; first: string }>();
  for (const file of repository.own) {
    const sign = signOf(file, repository);
    if (sign === undefined || sign.except?.test(file.path) === true) continue;
    const place = sign.folderEach === true ? posix.dirname(file.path) : file.path;
    const folder = posix.dirname(place);
    const known = byFolder.get(folder) ?? { style: sign.style, names: new Set<string>(), first: file.path };
    if (known.style !== sign.style) continue;
    known.names.add(posix.basename(place));
    byFolder.set(folder, known);
  }
  return [...byFolder].map(([folder, { style, names, first }]) => {
    const ordered = [...names].toSorted(byVersion);
    const fact = { folder, style, count: names.size, newest: ordered.at(-1) ?? null };
    // Numbered files of SQL are a convention of many tools and of none.
    return (style === 'sql' ? guessed : found)(fact, first);
  });
}

function signOf(file: ProjectFile, repository: Repository): Sign | undefined {
  const mayHold = (sign: Sign): boolean =>
    sign.path.test(file.path) && (sign.text === undefined || sign.text.test(textFor(file, repository)));
  return SIGNS.find(mayHold);
}

/** Without comments where code is read; SQL speaks in its comments. */
function textFor(file: ProjectFile, repository: Repository): string {
  return repository.source(file)?.code ?? file.text;
}

/** Alembic's names begin with a hash: their order says nothing, but it is the same every time. */
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
