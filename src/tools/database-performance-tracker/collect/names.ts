import { RearguardError } from '../../../core/errors.ts';
import type { Catalog } from '../../_shared/database/catalog.ts';
import { originOf } from '../../_shared/database/origin-comment.ts';
import type { Reading } from '../../_shared/database/reading.ts';
import type { StatementCounters } from '../../_shared/database/statements.ts';
import { loadSqlParser } from '../../_shared/sql/parser.ts';
import { shapeReader } from '../../_shared/sql/shape.ts';
import { nameOfText, type StatementName } from '../analyze/statements/names.ts';

const NO_CATALOG: Catalog = { searchPath: [], tables: [], extensions: new Map() };

type Named = Pick<StatementCounters, 'key' | 'text' | 'queryId'>;

/** What statements are called, by their keys. A text that the parser does not take keeps a name of its own. */
export async function nameStatements(
  statements: readonly Named[],
  catalog: Reading<Catalog>,
): Promise<Map<string, StatementName>> {
  if (statements.length === 0) return new Map();
  const read = shapeReader(await loadSqlParser(), catalog.known ? catalog.value : NO_CATALOG);
  return new Map(
    statements.map(({ key, text, queryId }) => {
      const origin = text === null ? null : originOf(text);
      const origins = origin === null ? [] : [origin];
      return [key, { ...shapeName(read, text, queryId), origins }];
    }),
  );
}

function shapeName(
  read: ReturnType<typeof shapeReader>,
  text: string | null,
  queryId: string,
): Pick<StatementName, 'label' | 'key'> {
  if (text === null) return nameOfText(text, queryId);
  try {
    const { label, key } = read(text);
    return { label, key };
  } catch (error) {
    if (!(error instanceof RearguardError)) throw error;
    return nameOfText(text, queryId);
  }
}
