import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePlan } from './plan-postgres.ts';
import type { Plan } from './plan.ts';
import { estimateFactor, totalBuffers, usedIndexes, walkPlan, worstEstimate } from './plan-walk.ts';

function step(more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    'Node Type': 'Index Scan',
    'Relation Name': 'orders',
    Alias: 'o',
    'Index Name': 'orders_customer',
    'Startup Cost': 0.42,
    'Total Cost': 8.44,
    'Plan Rows': 10,
    'Plan Width': 16,
    'Index Cond': "((o.status = 'paid'::text) AND (o.customer_id = 17))",
    ...more,
  };
}

const document = (plan: Record<string, unknown>): unknown => [{ Plan: plan }];
const hashOf = (plan: Record<string, unknown>): string | undefined => parsePlan(document(plan))?.hash;

function must(plan: Plan | null): Plan {
  if (plan === null) throw new Error('no plan');
  return plan;
}

describe('parsePlan', () => {
  it('reads EXPLAIN (ANALYZE, BUFFERS), nested', () => {
    const join = {
      'Node Type': 'Hash Join',
      'Join Type': 'Left',
      'Total Cost': 120.5,
      'Hash Cond': '(o.customer_id = c.id)',
      'Shared Hit Blocks': 30,
      'Shared Read Blocks': 4,
      'Temp Read Blocks': 2,
      'Temp Written Blocks': 3,
      Plans: [
        step({ Schema: 'shop', 'Actual Rows': 1_000, 'Actual Loops': 3, 'Rows Removed by Filter': 7 }),
        step({ 'Node Type': 'Aggregate', Strategy: 'Hashed', 'Partial Mode': 'Partial' }),
      ],
    };
    const plan = parsePlan(JSON.stringify([{ Plan: join, 'Planning Time': 0.2, 'Execution Time': 12.5 }]));
    expect(plan).toMatchObject({ totalCost: 120.5, planningMs: 0.2, executionMs: 12.5 });
    expect(plan?.root).toMatchObject({ type: 'Hash Left Join', tempBlocks: 5, actualRows: null });
    expect(plan?.root.children[0]).toMatchObject({ table: 'shop.orders', rowsRemoved: 7, loops: 3 });
    expect(plan?.root.children[1]?.type).toBe('Partial HashAggregate');
    const { root } = must(plan);
    expect([...walkPlan(root)]).toHaveLength(3);
    expect(usedIndexes(root)).toEqual(['orders_customer']);
    expect(totalBuffers(root)).toBe(39);
    expect(worstEstimate(root)).toMatchObject({ factor: 100, node: { table: 'shop.orders' } });
  });

  it('reads what auto_explain writes, and says null for anything else', () => {
    expect(parsePlan({ 'Query Text': 'select 1', Plan: step() })?.root.index).toBe('orders_customer');
    for (const other of ['', 'no plan', '[]', {}, null, 7, [{ Plan: {} }]])
      expect(parsePlan(other)).toBeNull();
    fc.assert(fc.property(fc.jsonValue(), (json) => parsePlan(json) === null));
  });

  it('has no figures where nothing was run', () => {
    const { root } = must(parsePlan(document(step())));
    expect(totalBuffers(root)).toBeNull();
    expect(estimateFactor(root)).toBeNull();
    expect(worstEstimate(root)).toBeNull();
  });
});

describe('the hash of a plan', () => {
  it.each([
    ['costs and counts', { 'Total Cost': 99, 'Plan Rows': 1, 'Actual Rows': 5, 'Actual Loops': 2 }],
    ['constants', { 'Index Cond': "((o.status = 'a''b'::text) AND (o.customer_id = '-3'::integer))" }],
    ['parameters', { 'Index Cond': '((o.status = $1) AND (o.customer_id = $2))' }],
    ['what VERBOSE adds', { Schema: 'public', 'Index Cond': '((status = $1) AND (customer_id = 1.5e10))' }],
  ])('is not moved by %s', (_, change) => {
    expect(hashOf(step(change))).toBe(hashOf(step()));
  });

  it.each([
    ['another index', { 'Index Name': 'orders_status' }],
    ['another step', { 'Node Type': 'Index Only Scan' }],
    ['another condition', { 'Index Cond': '(o.customer_id = 17)' }],
    ['a column named like a number', { 'Index Cond': `((o.status = 'paid'::text) AND (o."17" = 17))` }],
    ['another table', { 'Relation Name': 'orders_2024' }],
    ['a step below', { Plans: [step()] }],
  ])('is moved by %s', (_, change) => {
    expect(hashOf(step(change))).not.toBe(hashOf(step()));
  });

  it('is the same for any constants', () => {
    const literal = fc.oneof(
      fc.integer().map((value) => (value < 0 ? `'${value}'::integer` : String(value))),
      fc.string().map((text) => `'${text.replaceAll("'", "''")}'::text`),
      fc.constantFrom('NULL::text', 'true', '$3', '1.25'),
    );
    const cond = (value: string): string => `(o.total = ${value})`;
    fc.assert(
      fc.property(literal, (value) => {
        return hashOf(step({ 'Index Cond': cond(value) })) === hashOf(step({ 'Index Cond': cond('1') }));
      }),
    );
  });
});
