import type { Catalog } from '../../_shared/database/catalog.ts';
import { loadSqlParser } from '../../_shared/sql/parser.ts';
import { repairText, translatePlaceholders } from '../../_shared/sql/placeholders.ts';
import { shapeReader } from '../../_shared/sql/shape.ts';
import type { QueryShape } from '../../_shared/sql/types.ts';
import { keyConditions } from '../analyze/lookups.ts';

export interface Described {
  shape: QueryShape;
  isLookup: boolean;
}

/** Texts with their values in them may be as many as calls; what comes after so many is not read. */
const MAX_TEXTS = 50_000;

/** What statements are, as clients write them: with placeholders of any kind, or with values. Unreadable ones are missing. */
export async function describeStatements(
  statements: Iterable<string>,
  catalog: Catalog,
): Promise<Map<string, Described>> {
  const parser = await loadSqlParser();
  const read = shapeReader(parser, catalog);
  const described = new Map<string, Described>();
  for (const statement of [...new Set(statements)].slice(0, MAX_TEXTS)) {
    try {
      const shape = read(repairText(parser, await translatePlaceholders(statement)));
      if (shape.kind !== 'utility') {
        described.set(statement, { shape, isLookup: keyConditions(shape).length > 0 });
      }
    } catch {
      // A span may hold a summary of its statement, or a text that was cut.
    }
  }
  return described;
}
