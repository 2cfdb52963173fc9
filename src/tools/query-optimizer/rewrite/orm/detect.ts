import type { Origin } from '../../../_shared/database/origin.ts';
import type { Orm } from './snippets.ts';

/** By what a source file imports; the more particular first. */
const IMPORTS: readonly [Orm, RegExp][] = [
  ['prisma', /@prisma\/client|\bPrismaClient\b/],
  ['typeorm', /['"]typeorm['"]|@nestjs\/typeorm/],
  ['sequelize', /['"]sequelize(?:-typescript)?['"]/],
  ['sqlalchemy', /^\s*(?:from|import)\s+(?:flask_)?sqlalchemy\b/m],
  ['django', /^\s*(?:from|import)\s+django\b|\.objects\.\w+\(/m],
  ['activerecord', /\bApplicationRecord\b|\bActiveRecord::/],
];

/** sqlcommenter names its framework; marginalia, which Rails adds, names a controller instead. */
const COMMENTS: readonly [Orm, RegExp][] = [
  ['django', /framework='django/i],
  ['sqlalchemy', /db_driver='[^']*sqlalchemy|framework='(?:flask|fastapi)/i],
  [
    'activerecord',
    /framework='(?:ruby_on_)?rails|controller_with_namespace=|\/\*.*\bapplication:\w+.*\bcontroller:\w+/i,
  ],
  ['sequelize', /db_driver='sequelize/i],
  ['prisma', /db_driver='prisma|traceparent='[^']*'.*prisma/i],
  ['typeorm', /db_driver='typeorm/i],
];

const MAX_BYTES = 1_000_000;

/** Where a query comes from, and in which language its source speaks. */
export interface OrmSource {
  orm: Orm;
  /** The origin that says so: `src/routes/orders.ts:42`, or an endpoint. */
  place: string | null;
}

/**
 * Which data access layer a query was written in: what its comments say, else what the file imports that an origin
 * names. null: nobody says, and nothing is guessed from the look of the SQL.
 *
 * @param read text of a file of the user's; throws where there is none
 */
export async function detectOrm(
  texts: readonly string[],
  origins: readonly Origin[],
  read: (path: string, maxBytes: number) => Promise<string>,
): Promise<OrmSource | null> {
  const place = origins.map(({ file, endpoint }) => file ?? endpoint).find((name) => name !== null) ?? null;
  for (const { file } of origins) {
    if (file === null) continue;
    const source = await read(file.replace(/:\d+(?::\d+)?$/, ''), MAX_BYTES).catch(() => '');
    const imported = IMPORTS.find(([, pattern]) => pattern.test(source));
    if (imported !== undefined) return { orm: imported[0], place: file };
  }
  const comments = texts.flatMap((text) => text.match(/\/\*.*?\*\//gs) ?? []).join('\n');
  const said = COMMENTS.find(([, pattern]) => pattern.test(comments));
  return said === undefined ? null : { orm: said[0], place };
}
