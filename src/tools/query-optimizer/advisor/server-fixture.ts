import { RearguardError, reasonOf } from '../../../core/errors.ts';
import type { IndexDefinition } from '../../_shared/database/catalog.ts';
import { createIndexSql } from '../../_shared/database/index-statement.ts';
import { parsePlan } from '../../_shared/database/plan-postgres.ts';
import type { WhatIf } from '../what-if/types.ts';
import { identityOf } from './definition.ts';

/** What we need of the driver's client. */
export interface TestClient {
  query<Row extends object>(sql: string, values?: unknown[]): Promise<{ rows: Row[] }>;
}

/**
 * For tests: answers with indexes that are really built, once each, and shown to the planner or hidden by
 * pg_index.indisvalid. Nothing is estimated, so what the search makes of the answers is all that is tested.
 */
export function builtIndexes(client: TestClient): WhatIf & { plansAsked(): number } {
  const built = new Map<string, { name: string; bytes: number }>();
  let visible = new Set<string>();
  let hidden = new Set<string>();
  let asked = 0;

  async function build(index: IndexDefinition): Promise<{ name: string; bytes: number }> {
    const id = identityOf(index);
    const known = built.get(id);
    if (known !== undefined) return known;
    const name = `what_if_${built.size}`;
    await client.query(createIndexSql(index, { name })).catch(refused);
    const path = `${index.schema}.${name}`;
    const { rows } = await client.query<{ bytes: string }>('SELECT pg_relation_size($1::regclass) AS bytes', [
      path,
    ]);
    const one = { name: path, bytes: Number(rows[0]?.bytes) };
    built.set(id, one);
    await show([path], false);
    return one;
  }

  async function show(names: readonly string[], valid: boolean): Promise<void> {
    if (names.length === 0) return;
    await client.query(
      'UPDATE pg_index SET indisvalid = $2 WHERE indexrelid = ANY ($1::text[]::regclass[])',
      [names, valid],
    );
  }

  return {
    kind: 'clone',
    label: 'indexes that are really built',
    limits: [],
    supports: () => true,
    plansAsked: () => asked,
    async plan(sql, { add, hide }, { generic = false } = {}) {
      asked += 1;
      const wanted = new Set<string>();
      for (const index of add) wanted.add((await build(index)).name);
      await show(
        [...visible].filter((name) => !wanted.has(name)),
        false,
      );
      await show(
        [...wanted].filter((name) => !visible.has(name)),
        true,
      );
      visible = wanted;
      const gone = new Set(hide);
      await show(
        [...hidden].filter((name) => !gone.has(name)),
        true,
      );
      await show(
        [...gone].filter((name) => !hidden.has(name)),
        false,
      );
      hidden = gone;
      try {
        const options = generic ? 'FORMAT JSON, GENERIC_PLAN' : 'FORMAT JSON';
        const { rows } = await client.query<{ 'QUERY PLAN': unknown }>(`EXPLAIN (${options}) ${sql}`);
        const plan = parsePlan(rows[0]?.['QUERY PLAN']);
        if (plan === null) throw new Error('no plan');
        return plan;
      } catch (error) {
        return refused(error);
      }
    },
    sizeOf: async (index) => (await build(index)).bytes,
    async close() {
      await show([...hidden], true);
      for (const { name } of built.values()) await client.query(`DROP INDEX ${name}`);
      built.clear();
    },
  };
}

function refused(error: unknown): never {
  throw new RearguardError('E_SQL_REFUSED', { reason: reasonOf(error) }, { cause: error });
}
