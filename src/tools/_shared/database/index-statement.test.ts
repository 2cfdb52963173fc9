import { describe, expect, it } from 'vitest';
import type { IndexDefinition, IndexKey } from './catalog.ts';
import { createIndexSql, describeIndex, quoteIdentifier, quoteLiteral } from './index-statement.ts';

function key(over: Partial<IndexKey>): IndexKey {
  return {
    column: null,
    expression: null,
    operatorClass: null,
    collation: null,
    direction: 'asc',
    nulls: 'last',
    ...over,
  };
}

const base: IndexDefinition = {
  schema: 'public',
  table: 'orders',
  method: 'btree',
  keys: [key({ column: 'tenant_id' })],
  include: [],
  predicate: null,
  unique: false,
};

describe('createIndexSql', () => {
  it('writes order, INCLUDE and WHERE as the server prints them', () => {
    const index = {
      ...base,
      keys: [key({ column: 'tenant_id' }), key({ column: 'created_at', direction: 'desc', nulls: 'first' })],
      include: ['total'],
      predicate: '(deleted_at IS NULL)',
    };
    expect(createIndexSql(index, { name: 'orders_recent_idx', concurrently: true })).toBe(
      'CREATE INDEX CONCURRENTLY orders_recent_idx ON public.orders USING btree ' +
        '(tenant_id, created_at DESC) INCLUDE (total) WHERE (deleted_at IS NULL)',
    );
  });

  it('quotes names that need it, and keeps expressions, classes and collations', () => {
    const index = {
      ...base,
      table: 'Order',
      keys: [
        key({ expression: 'lower(email)', operatorClass: 'text_pattern_ops' }),
        key({ column: 'user', collation: 'pg_catalog.C', direction: 'desc', nulls: 'last' }),
      ],
    };
    expect(describeIndex(index)).toBe(
      'public."Order" USING btree ((lower(email)) text_pattern_ops, "user" COLLATE pg_catalog."C" DESC NULLS LAST)',
    );
  });

  it('says nothing of direction where the method knows none', () => {
    const index = {
      ...base,
      method: 'gin' as const,
      keys: [key({ column: 'data', operatorClass: 'jsonb_path_ops' })],
    };
    expect(describeIndex(index)).toBe('public.orders USING gin (data jsonb_path_ops)');
  });

  it('takes off only parentheses that enclose the whole predicate', () => {
    expect(describeIndex({ ...base, predicate: '(a) OR (b)' })).toContain('WHERE ((a) OR (b))');
  });
});

describe('quoting', () => {
  it('doubles quotes', () => {
    expect(quoteIdentifier('a"b')).toBe('"a""b"');
    expect(quoteIdentifier('plain_1')).toBe('plain_1');
    expect(quoteLiteral("it's")).toBe("'it''s'");
    expect(quoteLiteral('a\\b')).toBe("E'a\\\\b'");
  });
});
