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

/** Texts of which the key is remembered. */
const MAX_REMEMBERED = 5_000;
/** Strings, comments, parameters and numbers; a string or comment that looks like the other is left whole. */
const CONSTANTS = /'(?:[^']|'')*'|\/\*[\s\S]*?\*\/|\$\d+|(?<![\w"])\d+(?:\.\d+)?/g;

/**
 * The key that `nameStatements` gives a statement, for texts as they were sent: that of a log is found again among the
 * statements of the server. Of texts that differ in constants alone only the first is parsed.
 */
export async function statementKeys(catalog: Reading<Catalog>): Promise<(text: string) => string> {
  const read = shapeReader(await loadSqlParser(), catalog.known ? catalog.value : NO_CATALOG);
  const keys = new Map<string, string>();
  return (text) => {
    const plain = text.replace(CONSTANTS, (token) => (token.startsWith('/*') ? ' ' : '?'));
    const known = keys.get(plain);
    if (known !== undefined) return known;
    if (keys.size >= MAX_REMEMBERED) keys.clear();
    const { key } = shapeName(read, text, '');
    keys.set(plain, key);
    return key;
  };
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
