import type { ProjectMigrations } from './facts.ts';
import type { ProjectFile, Repository } from './repository.ts';

export interface Sign {
  style: ProjectMigrations['style'];
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
  { style: 'alembic', path: /(?:^|\/)\w*versions\/[^/]+\.py$/, text: /^down_revision\b/m },
  { style: 'django', path: /(?:^|\/)migrations\/[\w-]+\.py$/, text: /\bmigrations\.Migration\b/ },
  { style: 'rails', path: /(?:^|\/)db\/migrate\/\d+_\w+\.rb$/ },
  { style: 'laravel', path: /(?:^|\/)database\/migrations\/[\w]+\.php$/ },
  { style: 'mikro-orm', path: /\.[cm]?[jt]s$/, text: /@mikro-orm\/migrations[\s\S]*\bextends\s+Migration\b/ },
  {
    style: 'typeorm',
    path: /\.[cm]?[jt]s$/,
    // In JavaScript only a comment names the interface.
    text: /\bimplements\s+MigrationInterface\b|\bMigrationInterface\b[\s\S]*\bqueryRunner\b|\bclass\s+\w*[A-Za-z_]\d{13}\b/,
  },
  { style: 'sequelize', path: /(?:^|\/)migrations?\/[^/]+\.[cm]?[jt]s$/, text: /\bqueryInterface\b/ },
  {
    style: 'node-pg-migrate',
    path: /(?:^|\/)migrations?\/[^/]+\.[cm]?[jt]s$/,
    text: /\bpgm\s*\.\s*\w+\(|\bMigrationBuilder\b/,
  },
  {
    style: 'node-pg-migrate',
    path: /(?:^|\/)migrations?\/\d+[^/]*\.sql$/,
    text: /^[ \t]*--[ \t-]*up[ \t]+migration\b/im,
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

export function signOf(file: ProjectFile, repository: Repository): Sign | undefined {
  return SIGNS.find((sign) => bears(file, sign, repository));
}

/** Also of a file that a sign before would fit. */
export function isOfStyle(file: ProjectFile, style: Sign['style'], repository: Repository): boolean {
  return SIGNS.some((sign) => sign.style === style && bears(file, sign, repository));
}

function bears(file: ProjectFile, { path, text }: Sign, repository: Repository): boolean {
  return path.test(file.path) && (text === undefined || text.test(textFor(file, repository)));
}

/** Without comments where code is read; SQL speaks in its comments. */
function textFor(file: ProjectFile, repository: Repository): string {
  return repository.source(file)?.code ?? file.text;
}
