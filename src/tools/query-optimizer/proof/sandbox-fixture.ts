import { createSandboxes } from '../../../platform/postgres/sandbox.ts';
import { createIndexSql } from '../../_shared/database/index-statement.ts';
import type { Sandbox } from './types.ts';

export interface TestSandbox extends Sandbox {
  close(): Promise<void>;
}

/** A server of its own in the place of a copy, for tests that bring their own tables. */
export async function openTestSandbox(setUp: string): Promise<TestSandbox> {
  const server = await createSandboxes(process.cwd()).start({
    major: 18,
    settings: { jit: 'off', max_parallel_workers_per_gather: '0' },
    signal: new AbortController().signal,
  });
  const database = await server.createDatabase('test', ['C']);
  const session = await database.connect('owner');
  await session.execute(setUp);
  return {
    sampled: [],
    describe: () => 'a copy for tests',
    execute: (sql) => session.execute(sql),
    query: (sql, parameters) => session.query(sql, parameters),
    async createIndex(index) {
      const name = `rg_${index.table}_${index.keys.map(({ column }) => column ?? 'x').join('_')}`;
      await session.execute(createIndexSql(index, { name }));
      const [row] = await session.query<{ bytes: string }>(
        `SELECT pg_relation_size('${index.schema}.${name}') AS bytes`,
      );
      return { name: `${index.schema}.${name}`, bytes: Number(row?.bytes), buildMs: 0 };
    },
    analyze: (table) => session.execute(`VACUUM ANALYZE ${table ?? ''}`),
    async close() {
      await session.close();
      await server.close();
    },
  };
}
