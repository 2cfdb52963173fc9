import { RearguardError } from '../../../core/errors.ts';
import type { SqlSession } from '../../../platform/sql/types.ts';
import { readSnapshot } from '../../_shared/database/postgres/read-snapshot.ts';
import type { Catalog } from '../../_shared/database/catalog.ts';
import { assertReadOnlySelect } from '../../_shared/sql/gate.ts';
import { loadSqlParser } from '../../_shared/sql/parser.ts';
import { repairNormalised, translatePlaceholders } from '../../_shared/sql/placeholders.ts';
import { shapeReader } from '../../_shared/sql/shape.ts';
import type { QueryShape } from '../../_shared/sql/types.ts';
import type { CommandContext } from '../../context.ts';

/** One query that somebody wants to know about. */
export interface GivenQuery {
  /** With `$n` for values that are not known. */
  sql: string;
  shape: QueryShape;
  /** Where it was taken from, for people. */
  from: string;
}

type Needs = Pick<CommandContext, 'files' | 'clock'>;

/** No query is longer; a file that is one was named by mistake. */
const MAX_BYTES = 1_000_000;

/**
 * Finds out what was given: SQL, a file of it, `-` for standard input, or the key or id of a query that the server has
 * statistics of. Lets through one SELECT that only reads. Throws E_SQL_UNSAFE, E_SQL_SYNTAX, E_FILE_UNREADABLE, E_USAGE.
 */
export async function readGivenQuery(
  ctx: Needs,
  given: string,
  session: SqlSession,
  catalog: Catalog,
): Promise<GivenQuery> {
  const { text, from } = await textOf(ctx, given, session, catalog);
  const translated = await repairNormalised(await translatePlaceholders(text));
  const { text: sql } = await assertReadOnlySelect(translated, session);
  const shape = shapeReader(await loadSqlParser(), catalog)(sql);
  return { sql, shape, from };
}

async function textOf(
  { files, clock }: Needs,
  given: string,
  session: SqlSession,
  catalog: Catalog,
): Promise<{ text: string; from: string }> {
  if (given === '-') return { text: await files.readText('/dev/stdin', MAX_BYTES), from: 'standard input' };
  if (/\s/.test(given.trim())) return { text: given, from: 'the command line' };
  if (await files.exists(given)) return { text: await files.readText(given, MAX_BYTES), from: given };
  if (/^-?\w+$/.test(given)) {
    const text = await textOfStatement(given, session, catalog, clock.wallMs());
    if (text !== null) return { text, from: `the server's statistics, ${given}` };
  }
  throw new RearguardError('E_USAGE', {
    message: `${JSON.stringify(given)} is neither a query, nor a file, nor the key of a query that the server has seen.`,
    hint: 'Put a query in quotes; `-` reads it from standard input.',
  });
}

/** @param name the beginning of our key, as findings show it, or the server's own id */
async function textOfStatement(
  name: string,
  session: SqlSession,
  catalog: Catalog,
  nowMs: number,
): Promise<string | null> {
  const MIN_KEY = 6;
  const { statements } = (await readSnapshot(session, ['statements'], nowMs)).parts;
  if (!statements.known) return null;
  const read = shapeReader(await loadSqlParser(), catalog);
  const found = statements.value.statements.find(({ text, queryId }) => {
    if (text === null) return false;
    if (queryId === name) return true;
    if (name.length < MIN_KEY) return false;
    try {
      return read(text).key.startsWith(name);
    } catch {
      return false;
    }
  });
  return found?.text ?? null;
}
