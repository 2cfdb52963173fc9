import { describe, expect, it } from 'vitest';
import { catalogOf } from './catalog-fixture.ts';
import { readShape } from './shape.ts';
import type { ColumnUse, QueryShape, Value } from './types.ts';

const CATALOG = catalogOf({
  users:
    'id bigint!, email text!, name character varying(80), active boolean, created_at timestamp with time zone!, data jsonb, tags text[]',
  orders:
    'id bigint!, user_id bigint!, status text!, total numeric(10,2), created_at timestamp with time zone!, deleted_at timestamp with time zone',
  items: 'order_id bigint!, product_id integer!, quantity integer!, price numeric',
  'billing.users': 'id integer!, tax_code text',
});

const shape = (sql: string): Promise<QueryShape> => readShape(sql, CATALOG);

function valueText(value: Value | null): string {
  if (value === null) return '';
  if (value.kind === 'constant') return `'${value.text}'`;
  if (value.kind === 'parameter') return `$${value.number}`;
  return value.kind === 'column' ? `${value.table}.${value.column}` : `<${value.sql}>`;
}

/** `o.user_id equality = $1`, with `?` behind a role that is no conjunct. */
function useText(use: ColumnUse): string {
  const name = `${use.alias}.${use.column ?? use.expression}`;
  const order =
    use.position === null
      ? ''
      : [use.position, use.direction, use.nulls].filter((part) => part !== null).join(' ');
  return [name, use.role + (use.conjunct ? '' : '?'), use.operator, valueText(use.value), order]
    .filter((part) => part !== null && part !== '')
    .join(' ');
}

async function uses(sql: string, { projected = false } = {}): Promise<string[]> {
  const { uses } = await shape(sql);
  return uses.filter(({ role }) => projected || role !== 'projected').map(useText);
}

describe('roles of columns', () => {
  it.each<[string, string[]]>([
    ['select 1 from orders where user_id = $1', ['orders.user_id equality = $1']],
    ["select 1 from orders o where 'paid' = o.status", ["o.status equality = 'paid'"]],
    ['select 1 from orders where user_id in ($1)', ['orders.user_id equality = $1']],
    ['select 1 from orders where user_id in ($1 /*, ... */)', ['orders.user_id list = $1']],
    ['select 1 from orders where user_id in (1, 2, 3)', ["orders.user_id list = '1'"]],
    ['select 1 from orders where user_id = any($1)', ['orders.user_id list = $1']],
    ['select 1 from orders where user_id <> all($1)', ['orders.user_id other-condition']],
    ['select 1 from orders where user_id not in (1, 2)', ["orders.user_id other-condition <> '1'"]],
    [
      'select 1 from orders where created_at > $1 and $2 >= created_at',
      ['orders.created_at range > $1', 'orders.created_at range <= $2'],
    ],
    [
      'select 1 from orders where created_at between $1 and $2',
      ['orders.created_at range >= $1', 'orders.created_at range <= $2'],
    ],
    ['select 1 from orders where id <> 5', ["orders.id other-condition <> '5'"]],
    ["select 1 from users where name like 'ab%'", ["users.name prefix ~~ 'ab%'"]],
    ["select 1 from users where name like '%ab'", ["users.name pattern ~~ '%ab'"]],
    ['select 1 from users where name like $1', ['users.name pattern ~~ $1']],
    ["select 1 from users where name ilike 'ab%'", ["users.name pattern ~~* 'ab%'"]],
    ["select 1 from users where name not like 'ab%'", ["users.name other-condition !~~ 'ab%'"]],
    ["select 1 from users where name ~ '^ab'", ["users.name prefix ~ '^ab'"]],
    ["select 1 from users where name ~ '^ab|c'", ["users.name pattern ~ '^ab|c'"]],
    ["select 1 from users where data @> '{}'", ["users.data contains @> '{}'"]],
    ['select 1 from users where tags && $1', ['users.tags contains && $1']],
    ['select 1 from users where $1 = any(tags)', ['users.tags other-condition =']],
    ['select 1 from orders where deleted_at is null', ['orders.deleted_at is-null IS NULL']],
    ['select 1 from orders where not (deleted_at is null)', ['orders.deleted_at is-not-null IS NOT NULL']],
    ['select 1 from users where active', ["users.active equality = 'true'"]],
    ['select 1 from users where not active', ["users.active equality = 'false'"]],
    ['select 1 from users where active is false', ["users.active equality = 'false'"]],
    ['select 1 from users where active is unknown', ['users.active is-null IS NULL']],
    ['select 1 from users where active is not true', ['users.active other-condition']],
    ['select 1 from users where name is distinct from $1', ['users.name other-condition']],
    [
      'select 1 from users where id = $1 or email = $2',
      ['users.id equality? = $1', 'users.email equality? = $2'],
    ],
    [
      'select 1 from users where not (id = $1 and email = $2)',
      ['users.id other-condition? = $1', 'users.email other-condition? = $2'],
    ],
    ['select 1 from users where not (id = $1)', ['users.id other-condition = $1']],
    [
      'select 1 from users where (id = $1 and email = $2) and active',
      ['users.id equality = $1', 'users.email equality = $2', "users.active equality = 'true'"],
    ],
    [
      'select 1 from orders where (created_at, id) < ($1, $2)',
      ['orders.created_at range < $1', 'orders.id range? < $2'],
    ],
    [
      'select 1 from orders where (user_id, status) = ($1, $2)',
      ['orders.user_id equality = $1', 'orders.status equality = $2'],
    ],
    [
      'select 1 from orders where (user_id, status) in (($1, $2), ($3, $4))',
      ['orders.user_id list = $1', 'orders.status list = $2'],
    ],
    ['select 1 from users where email::text = $1', ['users.email equality = $1']],
    ['select 1 from users where name::text = $1', ['users.name equality = $1']],
    [
      'select 1 from orders where user_id = id',
      ['orders.user_id other-condition =', 'orders.id other-condition ='],
    ],
    [
      'select 1 from orders where created_at > now() - interval $1',
      ['orders.created_at range > <now() - CAST($1 AS interval)>'],
    ],
  ])('%s', async (sql, expected) => {
    expect(await uses(sql)).toEqual(expected);
  });
});

describe('expressions', () => {
  it.each<[string, string[]]>([
    ['select 1 from users u where lower(u.email) = $1', ['u.lower(email) equality = $1']],
    [
      "select 1 from users where date_trunc('day', created_at) = $1",
      ["users.date_trunc('day', created_at) equality = $1"],
    ],
    ["select 1 from users u where u.data ->> 'k' = $1", ["u.data ->> 'k' equality = $1"]],
    ["select 1 from users u where u.data #>> '{a,b}' in ($1, $2)", ["u.data #>> '{a,b}' list = $1"]],
    ['select 1 from orders o where o.id::text = $1', ['o.id::text equality = $1']],
    ['select 1 from orders o where o.id + o.user_id > 5', ["o.id + user_id range > '5'"]],
    ['select 1 from users order by lower(email) desc', ['users.lower(email) order 0 desc first']],
    [
      'select count(*) from orders group by date_trunc($1, created_at)',
      ['orders.date_trunc($1, created_at) group 0'],
    ],
    ["select 1 from users where coalesce(name, '') = $1", ["users.COALESCE(name, '') equality = $1"]],
  ])('%s', async (sql, expected) => {
    expect(await uses(sql)).toEqual(expected);
  });
});

describe('joins', () => {
  it.each<[string, string[]]>([
    [
      'select 1 from orders o join users u on u.id = o.user_id',
      ['u.id join = public.orders.user_id', 'o.user_id join = public.users.id'],
    ],
    [
      'select 1 from orders o, users u where u.id = o.user_id',
      ['u.id join = public.orders.user_id', 'o.user_id join = public.users.id'],
    ],
    ['select 1 from orders join items using (order_id)', ['items.order_id join =']],
    [
      'select 1 from users u left join orders o on o.user_id = u.id',
      ['o.user_id join = public.users.id', 'u.id join? = public.orders.user_id'],
    ],
    [
      "select 1 from users u left join orders o on o.user_id = u.id and o.status = 'paid' and u.active",
      [
        'o.user_id join = public.users.id',
        'u.id join? = public.orders.user_id',
        "o.status equality = 'paid'",
        "u.active equality? = 'true'",
      ],
    ],
    [
      'select 1 from users u left join orders o on o.user_id = u.id where o.id is null',
      ['o.user_id join = public.users.id', 'u.id join? = public.orders.user_id', 'o.id is-null? IS NULL'],
    ],
    [
      'select 1 from orders o join users u on lower(u.email) = o.status',
      ['u.lower(email) join = public.orders.status', 'o.status join = <lower(u.email)>'],
    ],
    [
      'select 1 from users u join billing.users b on b.id = u.id',
      ['b.id join = public.users.id', 'u.id join = billing.users.id'],
    ],
    [
      'select 1 from users u, lateral (select * from orders o where o.user_id = u.id order by o.created_at desc limit 3) x',
      [
        'o.user_id join = public.users.id',
        'u.id join = public.orders.user_id',
        'o.created_at order 0 desc first',
      ],
    ],
    [
      'select 1 from orders a, orders b where a.id < b.id',
      ['a.id join < public.orders.id', 'b.id join > public.orders.id'],
    ],
  ])('%s', async (sql, expected) => {
    expect(await uses(sql)).toEqual(expected);
  });
});

describe('subqueries', () => {
  it.each<[string, string[]]>([
    [
      'select 1 from users u where exists (select 1 from orders o where o.user_id = u.id)',
      ['o.user_id join = public.users.id', 'u.id join = public.orders.user_id'],
    ],
    [
      'select 1 from users u where not exists (select 1 from orders o where o.user_id = u.id)',
      ['o.user_id join = public.users.id'],
    ],
    [
      'select 1 from users where id in (select user_id from orders where status = $1)',
      [
        'orders.status equality = $1',
        'users.id join = public.orders.user_id',
        'orders.user_id join = public.users.id',
      ],
    ],
    [
      'select 1 from users where id not in (select user_id from orders)',
      ['users.id other-condition = public.orders.user_id'],
    ],
    [
      'select 1 from orders where total > (select avg(total) from orders)',
      ['orders.total range > <(SELECT avg(total) FROM orders)>'],
    ],
    [
      'select 1 from orders o where total > (select avg(total) from orders i where i.user_id = o.user_id)',
      ['i.user_id join = public.orders.user_id', 'o.total other-condition >'],
    ],
    [
      'select (select sum(i.quantity) from items i where i.order_id = o.id) from orders o order by o.id',
      ['i.order_id join = public.orders.id', 'o.id order 0 asc last'],
    ],
    [
      'select 1 from (select * from orders where status = $1) o where o.user_id = $2',
      ['orders.status equality = $1', 'orders.user_id equality = $2'],
    ],
    ['select 1 from (select * from orders limit 10) o where o.user_id = $2', []],
    [
      'select 1 from (select user_id, count(*) as n from orders group by user_id) o where o.user_id = $1 and n > 3',
      ['orders.user_id group 0', 'orders.user_id equality = $1'],
    ],
    [
      'with o as (select id, user_id as who from orders) select 1 from o where who = $1',
      ['orders.user_id equality = $1'],
    ],
    ['with o as materialized (select id, user_id as who from orders) select 1 from o where who = $1', []],
    [
      'with recursive t as (select id from users where id = $1 union all select o.user_id from orders o join t on t.id = o.id) select * from t',
      ['users.id equality = $1', 'o.id join ='],
    ],
    [
      'select id from users where active union all select id from orders where status = $1',
      ["users.active equality = 'true'", 'orders.status equality = $1'],
    ],
  ])('%s', async (sql, expected) => {
    const found = await uses(sql);
    expect(found.map((use) => use.replace(/ join = <.*>$/, ' join ='))).toEqual(expected);
  });
});

describe('order and groups', () => {
  it.each<[string, string[]]>([
    [
      'select * from orders order by created_at desc, id',
      ['orders.created_at order 0 desc first', 'orders.id order 1 asc last'],
    ],
    ['select * from orders order by created_at desc nulls last', ['orders.created_at order 0 desc last']],
    [
      'select id, created_at as c from orders order by c, 1',
      ['orders.created_at order 0 asc last', 'orders.id order 1 asc last'],
    ],
    ['select user_id, count(*) from orders group by 1 order by 2 desc', ['orders.user_id group 0']],
    ['select distinct status from orders', ['orders.status group 0']],
    [
      'select distinct on (user_id) * from orders order by user_id, created_at desc',
      ['orders.user_id group 0', 'orders.user_id order 0 asc last', 'orders.created_at order 1 desc first'],
    ],
    [
      'select max(created_at) from orders where user_id = $1',
      ['orders.user_id equality = $1', 'orders.created_at order 0 desc first'],
    ],
    ['select user_id from orders group by user_id having count(*) > 3', ['orders.user_id group 0']],
    ['select row_number() over (partition by user_id order by created_at) from orders', []],
  ])('%s', async (sql, expected) => {
    expect(await uses(sql)).toEqual(expected);
  });
});

describe('what is returned and what is written', () => {
  it('expands the star, also that of one table', async () => {
    expect(
      await uses('select o.*, u.email from orders o join users u on u.id = o.user_id where false', {
        projected: true,
      }),
    ).toEqual(expect.arrayContaining(['o.id projected', 'o.deleted_at projected', 'u.email projected']));
    const { traits } = await shape('select o.*, u.email from orders o, users u');
    expect(traits.stars).toEqual(['o']);
  });

  it('needs the columns of expressions, and the whole row of a row reference', async () => {
    expect(await uses('select coalesce(name, email) from users', { projected: true })).toEqual([
      'users.name projected',
      'users.email projected',
    ]);
    expect(await uses('select to_json(i) from items i', { projected: true })).toHaveLength(4);
    expect(await uses('select exists (select * from items)', { projected: true })).toEqual([]);
  });

  it('reads changes', async () => {
    expect(await uses('update orders o set status = $2, total = total + 1 where o.id = $1')).toEqual([
      'o.id equality = $1',
      'o.status written',
      'o.total written',
    ]);
    expect(
      await uses('delete from orders using users u where u.id = orders.user_id and u.email = $1'),
    ).toEqual([
      'u.id join = public.orders.user_id',
      'orders.user_id join = public.users.id',
      'u.email equality = $1',
    ]);
    expect(await uses('insert into items (order_id, quantity) values ($1, $2)')).toEqual([
      'items.order_id written',
      'items.quantity written',
    ]);
    expect(await uses('insert into items select id, 1, 1, 1 from orders where user_id = $1')).toEqual(
      expect.arrayContaining(['items.price written', 'orders.user_id equality = $1']),
    );
    expect(
      await uses(
        'merge into items i using orders o on o.id = i.order_id when matched then update set price = o.total',
      ),
    ).toEqual(['o.id join = public.items.order_id', 'i.order_id join = public.orders.id', 'i.price written']);
    expect(
      await uses(
        'with gone as (delete from items where order_id = $1 returning *) select count(*) from gone',
      ),
    ).toEqual(['items.order_id equality = $1']);
  });
});

describe('the statement as a whole', () => {
  it('has kind, label, limit and parameters with their types', async () => {
    const read = await shape(
      'select id from orders where user_id = $1 and status = any($2) and id = $3::int limit $4 offset 20',
    );
    expect(read).toMatchObject({
      kind: 'select',
      label: 'SELECT orders',
      limit: { kind: 'parameter', number: 4 },
      offset: { kind: 'constant', text: '20' },
    });
    expect([...read.parameters]).toEqual([
      [1, 'bigint'],
      [2, 'text[]'],
      [3, 'integer'],
      [4, 'bigint'],
    ]);
    expect((await shape('with x as (select * from users) select * from x, items')).label).toBe(
      'SELECT users, items',
    );
    expect((await shape('/* a */ vacuum orders')).label).toBe('VACUUM');
    expect((await shape('insert into items (quantity, order_id) values ($1, $2)')).parameters).toEqual(
      new Map([
        [1, 'integer'],
        [2, 'bigint'],
      ]),
    );
  });

  it('knows tables by the search path, and says of the rest that it does not', async () => {
    const { tables } = await shape(
      'select * from users, billing.users b, elsewhere e, generate_series(1, 2) g',
    );
    expect(tables.map(({ table, alias }) => [table, alias])).toEqual([
      ['public.users', 'users'],
      ['billing.users', 'b'],
      [null, 'e'],
      [null, 'g'],
    ]);
  });

  it('sees what rules look at', async () => {
    expect((await shape('select count(*)::int from users')).traits).toMatchObject({
      counts: true,
      singleRow: true,
    });
    expect((await shape('select count(*) from users group by active')).traits).toMatchObject({
      counts: false,
      grouped: true,
    });
    expect((await shape('select * from orders where id = $1 for update skip locked')).traits.locking).toEqual(
      { strength: 'update', wait: 'skip-locked' },
    );
    expect(
      (await shape('with x as (insert into items default values returning 1) select 1')).traits.modifiesData,
    ).toBe(true);
    const { subqueries } = (
      await shape(
        'select (select max(id) from items where order_id = o.id) from orders o where id not in (select order_id from items)',
      )
    ).traits;
    expect(
      subqueries.map(({ kind, place, correlated, nullable }) => ({ kind, place, correlated, nullable })),
    ).toEqual([
      { kind: 'not-in', place: 'condition', correlated: false, nullable: false },
      { kind: 'scalar', place: 'select-list', correlated: true, nullable: null },
    ]);
    const { alternatives } = (
      await shape(
        'select 1 from orders o join users u on u.id = o.user_id where o.status = $1 or u.email = $2',
      )
    ).traits;
    expect(alternatives.map(({ arms }) => arms.map(({ uses }) => uses.map(useText)))).toEqual([
      [['o.status equality? = $1'], ['u.email equality? = $2']],
    ]);
    const { casts } = (
      await shape(
        'select 1 from orders where id::text = $1 and user_id = $2::numeric and id = 5.5 and total = 5.5 and id = $3::bigint',
      )
    ).traits;
    expect(casts.map(({ column, to, how }) => `${column} ${to} ${how}`)).toEqual([
      'id text explicit',
      'user_id numeric implicit',
      'id numeric implicit',
    ]);
  });
});

describe('key', () => {
  const key = async (sql: string): Promise<string> => (await shape(sql)).key;

  it('tells a look-up from its batched form, which share a fingerprint', async () => {
    const single = 'select * from users where id = $1';
    const batched = 'select * from users where id = any($1)';
    expect((await shape(single)).fingerprint).toBe((await shape(batched)).fingerprint);
    expect(await key(single)).not.toBe(await key(batched));
    expect(await key(single)).not.toBe(await key('select * from users where id in ($1)'));
  });

  it('is the same for lists of any length, other constants and more rows', async () => {
    expect(await key('select * from users where id in (1, 2, 3)')).toBe(
      await key('select * from users where id in ($1 /*, ... */)'),
    );
    expect(await key("select * from users where email = 'a'")).toBe(
      await key('select * from users where email = $1'),
    );
    expect(await key('insert into items (order_id) values (1), (2)')).toBe(
      await key('insert into items (order_id) values ($1)'),
    );
  });

  it('keeps digits of table names and schemas', async () => {
    expect(await key('select * from ev_2024_01')).not.toBe(await key('select * from ev_2024_02'));
    expect(await key('select id from users')).not.toBe(await key('select id from billing.users'));
    expect(await key('select id from users')).toBe(await key('select id from public.users'));
  });
});

describe('what cannot be read', () => {
  it('says where', async () => {
    await expect(shape('select *\nfrom orders wher id = 1')).rejects.toMatchObject({
      code: 'E_SQL_SYNTAX',
      message: expect.stringContaining('line 2, column') as string,
    });
    await expect(shape('select 1; select 2')).rejects.toThrow('2 statements');
    await expect(shape(`select ${'1+'.repeat(100_000)}1`)).rejects.toMatchObject({ code: 'E_SQL_SYNTAX' });
    await expect(shape('select 1\0; drop table x')).rejects.toThrow('zero byte');
  });
});
