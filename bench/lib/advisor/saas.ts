import type { CreateIndex } from '../../../src/tools/query-optimizer/recommendation.ts';
import type { Advice } from '../../../src/tools/query-optimizer/advisor/types.ts';
import { createIndexSql, describeIndex } from '../../../src/tools/_shared/database/index-statement.ts';
import { type BenchRow, row } from '../bench.ts';
import { type BenchDatabase, startBenchDatabase } from './database.ts';
import { SAAS_QUERIES, SAAS_SCHEMA, SAAS_WRITES, WANTED } from './saas-schema.ts';
import { advise, buffersOf, measuredWorkload } from './workload.ts';

/** A typical multi-tenant schema: what TPC-H cannot ask for, each found and shown by pages when it is really built. */
export async function benchSaas(log: (line: string) => void): Promise<BenchRow[]> {
  const database = await startBenchDatabase();
  try {
    const { client } = database;
    log('SaaS: filling twelve tables');
    for (const statement of SAAS_SCHEMA) await client.query(statement);
    await client.query('VACUUM ANALYZE');
    const catalog = await database.catalog();
    const workload = await measuredWorkload(client, catalog, SAAS_QUERIES, SAAS_WRITES);
    log('SaaS: advising');
    const advice = await database.withWhatIf((whatIf) =>
      advise(workload, catalog, whatIf, { drop: false, deadlineMs: 60_000, maxIndexes: 12 }),
    );
    for (const { index, gainShare } of advice.creates)
      log(`  ${describeIndex(index)} saves ${(100 * gainShare).toFixed(1)} %`);
    const rows: BenchRow[] = [];
    for (const wanted of WANTED) rows.push(await wantedRow(database, advice, wanted));
    return [...rows, ...refusalRows(advice)];
  } finally {
    await database.stop();
  }
}

async function wantedRow(
  { client }: BenchDatabase,
  { creates, refused }: Advice,
  { name, pattern, query }: (typeof WANTED)[number],
): Promise<BenchRow> {
  const figure = `SaaS: ${name}, pages before / after`;
  const goal = { op: '>=', value: 5 } as const;
  const found = creates.find(({ index }) => pattern.test(describeIndex(index)));
  if (found === undefined) {
    const near = refused.filter(({ index }) => query.sql.includes(index.table)).map(({ reason }) => reason);
    return row({ name: figure, value: 0, unit: 'x', goal, note: `not found; ${near.join('; ')}` });
  }
  // As the note of such advice says.
  if (found.notes.some((note) => note.includes('pg_trgm')))
    await client.query('CREATE EXTENSION IF NOT EXISTS pg_trgm');
  const before = await buffersOf(client, query);
  await client.query(createIndexSql(found.index, { name: found.name }));
  await client.query(`ANALYZE ${found.index.table}`);
  const after = await buffersOf(client, query);
  await client.query(`DROP INDEX ${found.name}`);
  return row({
    name: figure,
    value: Number((before / Math.max(1, after)).toFixed(1)),
    unit: 'x',
    goal,
    note: `${describeIndex(found.index)}: ${before} pages before, ${after} after`,
  });
}

function refusalRows({ creates, refused }: Advice): BenchRow[] {
  const refusal = (name: string, column: string, code: string): BenchRow => {
    const isOn = ({ index }: Pick<CreateIndex, 'index'>): boolean =>
      index.method === 'btree' && index.keys[0]?.column === column;
    const reason = refused.find((one) => isOn(one) && one.code === code)?.reason;
    return row({
      name: `SaaS: ${name} refused with its reason`,
      value: reason !== undefined && !creates.some(isOn) ? 1 : 0,
      unit: 'yes',
      goal: { op: '=', value: 1 },
      note: reason ?? 'no reason was given',
    });
  };
  return [
    refusal('B-tree on a column of three values', 'state', 'not-selective'),
    refusal('index on a column updated 1,000 times a second', 'last_seen_at', 'write-cost'),
  ];
}
