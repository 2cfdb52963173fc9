import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CatalogTable } from './catalog.ts';
import { readSimpleQuery, type SimpleQuery } from './simple-query.ts';

function table(name: string, columns: string[]): CatalogTable {
  return {
    schema: 'shop',
    name,
    kind: 'table',
    oid: null,
    rows: 10_000,
    pages: 100,
    allVisibleShare: 0,
    totalBytes: 1_000_000,
    parent: null,
    columns: columns.map((column, index) => ({
      name: column,
      number: index + 1,
      type: 'int',
      notNull: true,
      statistics: null,
    })),
    indexes: [],
    foreignKeys: [],
  };
}

const CATALOG = {
  tables: [
    table('customers', ['id', 'email', 'status', 'created', 'tenant_id']),
    table('orders', ['id', 'customer_id', 'total', 'created_at']),
  ],
};

function read(sql: string): SimpleQuery {
  const reading = readSimpleQuery(sql, 'mysql', CATALOG, 'shop');
  if (!reading.known) throw new Error(reading.reason);
  return reading.query;
}

describe('readSimpleQuery', () => {
  it('reads what MariaDB makes of a statement: keywords for names, functions in quotes', () => {
    const query = read(
      'SELECT * FROM `customers` WHERE STATUS = ? AND `created` > NOW ( ) - INTERVAL ? SQL_TSI_DAY ORDER BY `created` DESC LIMIT ? OFFSET ?',
    );
    expect(query).toMatchObject({ kind: 'select', hasLimit: true, hasOffset: true, isCount: false });
    expect(query.tables).toMatchObject([
      {
        alias: 'customers',
        equality: ['status'],
        range: ['created'],
        order: [{ column: 'created', direction: 'desc' }],
        used: ['id', 'email', 'status', 'created', 'tenant_id'],
      },
    ]);
  });

  it('tells conditions of two tables apart, also without prefixes', () => {
    const query = read(
      'SELECT c.email, total FROM shop.customers AS c JOIN orders o ON o.customer_id = c.id AND o.total > 5 WHERE c.tenant_id IN (?, ?) AND created_at BETWEEN ? AND ? AND (c.status = 1)',
    );
    expect(query.tables).toMatchObject([
      { alias: 'c', equality: ['tenant_id', 'status'], joined: ['id'], range: [] },
      {
        alias: 'o',
        equality: [],
        joined: ['customer_id'],
        range: ['total', 'created_at'],
        used: ['total', 'customer_id', 'created_at'],
      },
    ]);
  });

  it.each([
    ['SELECT id FROM customers WHERE status = 1 OR email = 2', { equality: [], range: [] }],
    [
      'SELECT id FROM customers WHERE (status = 1 OR email = 2) AND tenant_id = 3',
      { equality: ['tenant_id'] },
    ],
    ['SELECT id FROM customers WHERE LOWER(email) = ?', { equality: [] }],
    ['SELECT id FROM customers WHERE email = LOWER(?)', { equality: ['email'] }],
    ['SELECT id FROM customers WHERE status = tenant_id', { equality: [], joined: [] }],
    ['SELECT id FROM customers WHERE ? <= created', { range: ['created'] }],
    ["SELECT id FROM customers WHERE email LIKE 'a%'", { range: ['email'] }],
    ["SELECT id FROM customers WHERE email LIKE '%a'", { range: [] }],
    ['SELECT id FROM customers WHERE email LIKE ?', { range: [] }],
    ['SELECT id FROM customers WHERE status <> 1 AND NOT tenant_id = 2', { equality: [] }],
    ['SELECT id FROM customers WHERE email IS NULL', { equality: ['email'] }],
    ['SELECT id FROM customers WHERE email IS NOT NULL', { equality: [] }],
    ['UPDATE customers SET status = 2 WHERE email = ?', { equality: ['email'] }],
    ['DELETE FROM customers WHERE created < ?', { range: ['created'] }],
    ['SELECT id FROM customers ORDER BY LOWER(email)', { order: [] }],
  ])('%s', (sql, expected) => {
    expect(read(sql).tables[0]).toMatchObject(expected);
  });

  it('knows a count of all rows', () => {
    expect(read('SELECT COUNT ( * ) FROM `orders` WHERE `total` > ?').isCount).toBe(true);
    expect(read('SELECT count(*) AS n FROM orders').isCount).toBe(true);
    expect(read('SELECT count(*), max(total) FROM orders').isCount).toBe(false);
  });

  it.each([
    ['SELECT * FROM customers WHERE id IN (SELECT customer_id FROM orders)', 'a query within'],
    ['WITH a AS (SELECT 1) SELECT * FROM a', 'WITH'],
    ['SELECT id FROM orders UNION SELECT id FROM customers', 'a query within'],
    ['SELECT * FROM elsewhere', 'catalogue'],
    ['SELECT 1', 'no table'],
    ['INSERT INTO orders VALUES (1)', 'no query'],
    ['SELECT * FROM `orders` WHERE `total` = ? AND ...', 'cut'],
  ])('says why it does not understand %s', (sql, reason) => {
    expect(readSimpleQuery(sql, 'mysql', CATALOG, 'shop')).toMatchObject({
      known: false,
      reason: expect.stringContaining(reason) as string,
    });
  });

  it('survives any text', () => {
    const parts = fc.constantFrom(
      'SELECT',
      '*',
      'FROM',
      'orders',
      'WHERE',
      '(',
      ')',
      ',',
      'total',
      '=',
      '?',
      'AND',
      'OR',
      'JOIN',
      'ON',
      'ORDER',
      'BY',
      'LIMIT',
      '.',
      "'x'",
      'BETWEEN',
      'USING',
      'UPDATE',
      'AS',
    );
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 30 }), (words) => {
        const reading = readSimpleQuery(`SELECT ${words.join(' ')}`, 'mysql', CATALOG, 'shop');
        return reading.known || reading.reason !== '';
      }),
    );
  });
});
