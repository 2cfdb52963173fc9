import type { SqlSession } from '../../../../platform/sql/types.ts';
import { type MysqlRow, toNumber } from './read.ts';
import { SYSTEM_SCHEMAS } from './catalog.ts';

/** How far the numbers of an AUTO_INCREMENT column are used up. */
export interface AutoIncrement {
  schema: string;
  table: string;
  column: string;
  type: string;
  /** The next number. */
  next: number;
  max: number;
}

interface Row extends MysqlRow {
  schema_name: string;
  table_name: string;
  column_name: string;
  type: string;
  next: number | string;
}

/** Bits of the integer types; BIGINT's end is out of reach for counting up. */
const BITS: Readonly<Record<string, number>> = {
  tinyint: 8,
  smallint: 16,
  mediumint: 24,
  int: 32,
  bigint: 64,
};

export async function readAutoIncrements(session: SqlSession): Promise<AutoIncrement[]> {
  const rows = await session.query<Row>(`
    SELECT c.TABLE_SCHEMA AS schema_name, c.TABLE_NAME AS table_name, c.COLUMN_NAME AS column_name, c.COLUMN_TYPE AS type,
           t.AUTO_INCREMENT AS next
    FROM information_schema.columns c
    JOIN information_schema.tables t ON t.TABLE_SCHEMA = c.TABLE_SCHEMA AND t.TABLE_NAME = c.TABLE_NAME
    WHERE c.EXTRA LIKE '%auto_increment%' AND t.AUTO_INCREMENT IS NOT NULL AND c.TABLE_SCHEMA NOT IN ${SYSTEM_SCHEMAS}
    ORDER BY 1, 2`);
  return rows.flatMap(({ schema_name, table_name, column_name, type, next }) => {
    const max = largestOf(type);
    return max === null
      ? []
      : [{ schema: schema_name, table: table_name, column: column_name, type, next: toNumber(next), max }];
  });
}

/** `int(11) unsigned`: 4294967295; null for what is no integer. */
export function largestOf(type: string): number | null {
  const bits = BITS[/^(\w+)/.exec(type.toLowerCase().replace(/^integer/, 'int'))?.[1] ?? ''];
  if (bits === undefined) return null;
  return /unsigned/i.test(type) ? 2 ** bits - 1 : 2 ** (bits - 1) - 1;
}
