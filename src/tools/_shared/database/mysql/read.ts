import { RearguardError } from '../../../../core/errors.ts';
import type { SqlSession } from '../../../../platform/sql/types.ts';
import { known, type Reading, unknown } from '../reading.ts';

export type MysqlRow = Record<string, string | number | null>;

/** Rows, or why there are none to be had; what the server refuses is an answer, a lost connection is not. */
export async function readRows<Row extends MysqlRow>(
  session: SqlSession,
  sql: string,
  what: { name: string; grant?: string },
): Promise<Reading<Row[]>> {
  try {
    return known(await session.query<Row>(sql));
  } catch (error) {
    if (!(error instanceof RearguardError) || error.code !== 'E_SQL_REFUSED') throw error;
    const denied = /denied|privilege/i.test(error.message);
    if (denied && what.grant !== undefined) {
      return unknown(`${what.name} may not be read by this account`, what.grant);
    }
    return unknown(`${what.name} cannot be read: ${error.message}`);
  }
}

/** What the driver left as text is a number, too. */
export function toNumber(value: string | number | null | undefined): number {
  return value === null || value === undefined ? 0 : Number(value);
}

export function toNullable(value: string | number | null | undefined): number | null {
  return value === null || value === undefined ? null : Number(value);
}

/** Map what is known. */
export function mapReading<From, To>(reading: Reading<From>, map: (value: From) => To): Reading<To> {
  return reading.known ? known(map(reading.value)) : reading;
}
