import type { Client } from 'pg';

/** Statements that differ for pg_stat_statements: each bit of their number is a constant of one type or the other. */
export async function runDistinctStatements(client: Client, from: number, to: number): Promise<void> {
  for (let number = from; number < to; number += 1) {
    const columns = Array.from({ length: 14 }, (_, bit) => ((number >> bit) & 1 ? "'x'::text" : '1::int8'));
    await client.query(`SELECT ${columns.join(', ')} FROM pg_class WHERE oid = 1`);
  }
}
