import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { originOf, originOfApplication } from './origin-comment.ts';

const TRACE = '5bd66ef5095369c7b0d1f8f4bd33716a';

describe('originOf', () => {
  it.each<[string, string, object]>([
    [
      'sqlcommenter',
      `select 1 /*action='index',controller='polls',framework='django%3A4.2',route='%2Fpolls%2F%3Aid',traceparent='00-${TRACE}-c532cb4098ac3dd2-01'*/`,
      { endpoint: '/polls/:id', traceId: TRACE },
    ],
    [
      'sqlcommenter of Rails',
      "select 1 /*application='shop',controller='orders',action='show'*/",
      { endpoint: 'orders#show', application: 'shop' },
    ],
    ['with an escaped quote', "select 1 /*route='%2Fo\\'neil'*/", { endpoint: "/o'neil" }],
    ['method and route', "/*method='get',route='/orders'*/ select 1", { endpoint: 'GET /orders' }],
    [
      'Django',
      "select 1 /*app_name='polls',db_driver='django.db.backends.postgresql',route='polls/'*/",
      { endpoint: 'polls/', application: 'polls' },
    ],
    [
      'Marginalia',
      "select 1 /*application:Shop,controller:orders,action:index,line:/app/models/order.rb:42:in `find'*/",
      { endpoint: 'orders#index', file: '/app/models/order.rb:42', application: 'Shop' },
    ],
    [
      'Rails query log tags of a task',
      'select 1 /*application:Shop,job:SendMail*/',
      { endpoint: 'SendMail', application: 'Shop' },
    ],
    [
      'file and line apart',
      "select 1 /*file='src/orders.ts',line='42',route='/orders'*/",
      { endpoint: '/orders', file: 'src/orders.ts:42' },
    ],
    [
      'OpenTelemetry names',
      "select 1 /*code.filepath='app.py',code.lineno='7',service.name='shop'*/",
      { file: 'app.py:7', application: 'shop' },
    ],
    [
      'Prisma',
      `select 1 /*prismaQuery='User.findMany:eyJ0IjoxfQ',traceparent='00-${TRACE}-c532cb4098ac3dd2-01'*/`,
      { endpoint: 'User.findMany', traceId: TRACE },
    ],
    [
      'free text',
      'select 1 /* GET /api/orders src/routes/orders.ts:42 */',
      { endpoint: 'GET /api/orders', file: 'src/routes/orders.ts:42' },
    ],
    ['a line at the end', 'select 1 -- src/routes/orders.ts:42', { file: 'src/routes/orders.ts:42' }],
    ['the second of two', "/* hint */ select 1 /*route='/a'*/", { endpoint: '/a' }],
  ])('reads %s', (_, sql, expected) => {
    expect(originOf(sql)).toMatchObject({ source: 'comment', ...expected });
  });

  it.each([
    'select 1',
    'select 1 /* cached for 10 s: see the wiki */',
    "select '/*route=''/x''*/' from t",
    'select 1 /*+ SeqScan(t) */',
    'select 1 /*, ... */',
    'select 1 /* not closed',
    `select 1 /*route='${'x'.repeat(500)}'*/`,
  ])('says nothing of %s', (sql) => {
    expect(originOf(sql)).toBeNull();
  });

  it('takes any text without failing, and gives short lines only', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (key, value) => {
        const origin = originOf(`select 1 /*route='${value}',${key}*/`);
        expect((origin?.endpoint ?? '').split('\n')).toHaveLength(1);
        expect((origin?.endpoint ?? '').length).toBeLessThanOrEqual(200);
      }),
    );
  });
});

describe('originOfApplication', () => {
  it('takes names that users gave, not those of drivers', () => {
    expect(originOfApplication('shop-worker')).toMatchObject({
      application: 'shop-worker',
      source: 'application-name',
    });
    expect(originOfApplication('PostgreSQL JDBC Driver')).toBeNull();
    expect(originOfApplication('')).toBeNull();
    expect(originOfApplication(null)).toBeNull();
  });
});
