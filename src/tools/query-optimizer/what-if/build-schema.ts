import type { SandboxDatabase, SandboxSession } from '../../../platform/postgres/sandbox-types.ts';
import { quoteIdentifier } from '../../_shared/database/index-statement.ts';
import type { DdlStatement, SchemaDdl } from './schema-ddl.ts';

/** As many failures are named; the rest is counted. */
const MAX_NAMED = 5;

/**
 * Extensions come from the sandbox's own files and need a superuser; those it does not have are returned as limits.
 */
export async function buildExtensions(
  database: SandboxDatabase,
  extensions: SchemaDdl['extensions'],
): Promise<string[]> {
  if (extensions.length === 0) return [];
  const root = await database.connect('superuser');
  const missing: string[] = [];
  try {
    for (const { name, schema } of extensions) {
      const [where, what] = [quoteIdentifier(schema), quoteIdentifier(name)];
      try {
        await root.execute(
          `CREATE SCHEMA IF NOT EXISTS ${where}; CREATE EXTENSION IF NOT EXISTS ${what} SCHEMA ${where} CASCADE`,
        );
      } catch {
        missing.push(name);
      }
    }
  } finally {
    await root.close();
  }
  if (missing.length === 0) return [];
  return [`Extensions that embedded PostgreSQL does not have: ${missing.join(', ')}.`];
}

/**
 * Runs the statements as a role that reaches nothing beyond its database. First all at once; where that fails, one by one
 * and again while any succeeds, so that their order need not be known. What is left is returned as limits.
 */
export async function buildSchema(
  session: SandboxSession,
  statements: readonly DdlStatement[],
): Promise<string[]> {
  if (statements.length === 0) return [];
  try {
    await session.execute(statements.map(({ sql }) => sql).join(';\n'));
    return [];
  } catch {
    // As one transaction: none of them has happened.
  }
  let left = statements;
  let reasons = new Map<string, string>();
  for (let before = left.length + 1; left.length > 0 && left.length < before;) {
    before = left.length;
    const failed: DdlStatement[] = [];
    reasons = new Map();
    for (const statement of left) {
      try {
        await session.execute(statement.sql);
      } catch (error) {
        failed.push(statement);
        reasons.set(statement.what, error instanceof Error ? error.message : String(error));
      }
    }
    left = failed;
  }
  return limitsOf(reasons);
}

function limitsOf(reasons: ReadonlyMap<string, string>): string[] {
  const named = [...reasons].slice(0, MAX_NAMED).map(([what, reason]) => `Left out: ${what}. ${reason}`);
  const more = reasons.size - named.length;
  return more > 0 ? [...named, `Left out besides: ${more} more parts of the schema.`] : named;
}
