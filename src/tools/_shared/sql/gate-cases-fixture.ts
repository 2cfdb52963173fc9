/** Inputs for the gate: what must be refused, and what must be accepted and run. Used by its test and its benchmark. */

/** Run by a superuser; makes everything that the cases name, harmful things included. */
export const GATE_SETUP = `
  create extension pg_trgm; create extension fuzzystrmatch; create extension hstore; create extension intarray;
  create extension dblink; create extension tablefunc; create extension pgcrypto; create extension ltree;
  create extension unaccent; create extension citext;
  create table customers (id int primary key, email text not null, region text, data jsonb, tags text[], joined date);
  create table orders (id int primary key, customer_id int references customers, status text, total numeric,
                       placed_at timestamptz, period tsrange);
  create table nodes (id int primary key, parent_id int, path ltree);
  create table documents (id int primary key, body text, words tsvector, attributes hstore, prices int[]);
  insert into customers select i, 'user' || i || '@example.com', (array['eu','us','asia'])[1 + i % 3],
    jsonb_build_object('plan', i % 4, 'names', jsonb_build_array('a', 'b')), array['t' || i % 5, 'x'], date '2024-01-01' + i
    from generate_series(1, 200) i;
  insert into orders select i, 1 + i % 200, (array['paid','open','sent'])[1 + i % 3], (i * 37) % 1000,
    timestamptz '2024-01-01' + i * interval '1 hour', tsrange(timestamp '2024-01-01', timestamp '2024-01-02')
    from generate_series(1, 2000) i;
  insert into nodes select i, nullif(i / 2, 0), ('root.n' || i)::ltree from generate_series(1, 50) i;
  insert into documents select i, 'the quick brown fox ' || i, to_tsvector('english', 'the quick brown fox ' || i),
    hstore('k', i::text), array[i, i + 1] from generate_series(1, 50) i;
  create sequence counter;
  create table ledger (entry text);
  insert into ledger values ('first');
  create function touch() returns int language plpgsql volatile security definer as
    $$ begin insert into ledger values ('touched'); return 1; end $$;
  create function touch(int) returns int language sql volatile security definer as $$ select touch() $$;
  create function spend(orders) returns int language sql volatile as $$ select touch() $$;
  create function touch_same(int, int) returns boolean language sql volatile as $$ select touch() = 1 $$;
  create operator #!# (leftarg = int, rightarg = int, procedure = touch_same);
  create view touching as select touch() as touched;
  create view above_touching as select * from touching;
  create domain tainted as int check (touch() = 1);
  create domain positive as int check (value > 0);
  create function touch_state(int, int) returns int language sql volatile as $$ select touch() $$;
  create aggregate touch_all (int) (sfunc = touch_state, stype = int, initcond = '0');
  create view big_orders as select * from orders where total > 500;
  create function net(amount numeric, rate numeric default 0.2) returns numeric language sql immutable as
    $$ select amount / (1 + rate) $$;
  create function grade(orders) returns text language sql stable as $$ select case when $1.total > 500 then 'a' else 'b' end $$;
  create role analyst login password 'analyst';
  grant select on all tables in schema public to analyst;
  analyze;
`;

export const HOSTILE_SQL: readonly string[] = [
  // More than one statement, and what is no query.
  'select 1; drop table orders',
  'select 1;; select touch()',
  'drop table orders',
  "insert into ledger values ('x')",
  'update orders set total = 0',
  'delete from orders',
  'truncate orders',
  'do $$ begin perform touch(); end $$',
  'call something()',
  "copy orders to program 'touch /tmp/x'",
  "copy (select 1) to '/tmp/x'",
  "copy ledger from program 'echo x'",
  'prepare p as select 1',
  "execute p('x')",
  'begin',
  'commit; select touch()',
  'set statement_timeout = 0',
  'reset all',
  'lock table orders',
  'vacuum orders',
  'create temp table t as select 1',
  'declare c cursor for select touch()',
  "notify ledger, 'x'",
  "load 'evil'",
  // Queries that write or lock.
  "with x as (insert into ledger values ('x') returning *) select * from x",
  'with a as (select 1), x as (delete from orders returning *) select * from x, a',
  'select * from (with x as (update orders set total = 0 returning *) select * from x) y',
  'select * into copied from orders',
  'select * from orders for update',
  'select * from (select * from orders for share) o',
  // EXPLAIN that runs.
  "explain analyze insert into ledger values ('x')",
  'explain (analyze, buffers) select touch()',
  'explain (analyze true) select 1',
  'explain create table copied as select 1',
  // Functions, wherever they stand.
  "select pg_read_file('/etc/passwd')",
  "select * from pg_read_file('/etc/passwd')",
  "select * from pg_ls_dir('.')",
  'select pg_sleep(60)',
  'select 1 from orders order by pg_sleep(1)',
  'select count(*) filter (where pg_sleep(1) is null) from orders',
  'select case when (select pg_sleep(1)) is null then 1 end',
  "select pg_catalog.set_config('statement_timeout', '0', false)",
  'select pg_terminate_backend(pid) from pg_stat_activity',
  'select pg_advisory_lock(1)',
  "select lo_import('/etc/passwd')",
  "select lo_from_bytea(0, 'x')",
  "select * from dblink('host=127.0.0.1', 'drop table orders') as t(a int)",
  "select nextval('counter')",
  "select setval('counter', 1)",
  "select query_to_xml('select touch()', true, true, '')",
  "select * from crosstab('select touch(), 1, 1') as t(a int, b int)",
  "select * from ts_stat('select touch()::text::tsvector')",
  'select touch()',
  'select * from generate_series(1, touch())',
  'select touch(id) over () from orders',
  'select touch_all(id) from orders',
  // Functions that do not look like calls.
  'select o.spend from orders o',
  'select (o).spend from orders o',
  'select 1 #!# 2',
  'select 1 operator(public.#!#) 2',
  'select 5::tainted',
  'select * from touching',
  'select * from above_touching',
  // Disguises.
  'select U&"\\0070g_sl\\0065ep"(60)',
  'select /* a */ "pg_sleep" /* b */ (60)',
  "select 1 /* '; */; select touch() --'",
  "select '$1', pg_sleep(60) --'",
  'select pg_sleep(1) where false',
  'values (touch())',
  'select * from orders limit touch()',
];

export const HONEST_SQL: readonly string[] = [
  'select 1',
  'values (1, 2), (3, 4)',
  'table orders',
  'explain select * from orders where id = 7',
  'explain (verbose, costs off) select count(*) from orders',
  'select count(*), sum(total), avg(total)::numeric(10, 2) from orders',
  'select percentile_cont(0.95) within group (order by total) from orders',
  'select percentile_disc(array[0.5, 0.9]) within group (order by total) from orders',
  'select mode() within group (order by status) from orders',
  "select string_agg(distinct status, ', ' order by status) from orders",
  "select count(*) filter (where status = 'paid') from orders",
  'select status, region, count(*) from orders join customers on customers.id = customer_id group by grouping sets ((status), (region), ())',
  'select status, grouping(status), sum(total) from orders group by rollup (status)',
  'select status, customer_id, count(*) from orders group by cube (status, customer_id) limit 5',
  'select id, row_number() over (partition by customer_id order by placed_at) from orders',
  'select id, sum(total) over (order by placed_at rows between 3 preceding and current row) from orders',
  "select id, avg(total) over (order by placed_at range between interval '1 day' preceding and current row exclude current row) from orders",
  'select id, lag(total, 1, 0) over w, first_value(id) over w from orders window w as (partition by customer_id order by id)',
  'select ntile(4) over (order by total), percent_rank() over (order by total), cume_dist() over (order by total) from orders',
  'with recursive t as (select id, parent_id, 1 as depth from nodes where parent_id is null union all select n.id, n.parent_id, depth + 1 from nodes n join t on n.parent_id = t.id) select max(depth) from t',
  'with recursive t(n) as (values (1) union all select n + 1 from t where n < 10) cycle n set looped using path select * from t',
  'with a as (with b as (select * from orders) select * from b) select count(*) from a',
  'with o as materialized (select * from orders) select count(*) from o o1 join o o2 using (id)',
  'select c.id, x.total from customers c cross join lateral (select total from orders where customer_id = c.id order by placed_at desc limit 1) x',
  'select c.id, (select max(placed_at) from orders o where o.customer_id = c.id) from customers c',
  'select * from customers c where exists (select 1 from orders o where o.customer_id = c.id and o.total > 900)',
  'select id from customers except select customer_id from orders where total > 900 intersect select 1',
  "select data ->> 'plan', data #> '{names,0}', data @> '{\"plan\": 1}' from customers",
  'select jsonb_path_query(data, \'$.names[*] ? (@ == "a")\') from customers',
  "select data @? '$.plan ? (@ > 2)', data @@ '$.plan == 1' from customers",
  "select jsonb_agg(jsonb_build_object('id', id, 'total', total)) from orders",
  'select key, value from customers, jsonb_each_text(data) limit 10',
  'select * from json_to_recordset(\'[{"a":1}]\') as x(a int)',
  "select jt.* from json_table('[{\"a\": 1}]'::jsonb, '$[*]' columns (a int path '$.a')) jt",
  "select json_value('{\"a\": 1}', '$.a'), json_exists('{\"a\": 1}', '$.a')",
  "select similarity(email, 'user1'), email % 'user1' from customers order by email <-> 'user10' limit 3",
  "select word_similarity('fox', body) from documents",
  "select levenshtein('kitten', 'sitting'), soundex('Robert'), metaphone('Thompson', 4), dmetaphone('Thompson')",
  "select attributes -> 'k', attributes ? 'k', hstore_to_json(attributes) from documents",
  "select prices & array[1, 2], sort(prices), prices @@ '1|2'::query_int from documents",
  "select path ~ 'root.*', subpath(path, 0, 1), nlevel(path) from nodes",
  "select unaccent('Hôtel'), 'A'::citext = 'a'::citext",
  "select encode(digest('x', 'sha256'), 'hex')",
  'select generate_series(1, 3), unnest(array[1, 2, 3])',
  "select * from generate_series(timestamptz '2024-01-01', timestamptz '2024-01-03', interval '1 day') with ordinality as g(day, n)",
  'select * from unnest(array[1, 2], array[3, 4]) as u(a, b)',
  "select tags && array['t1'], tags @> array['x'], array_length(tags, 1), array_position(tags, 'x') from customers",
  "select period && tsrange('2024-01-01', '2024-01-05'), lower(period), period -|- period from orders limit 3",
  "select range_agg(period), multirange(tsrange('2024-01-01', '2024-01-02')) from orders",
  "select email ~ '^user[0-9]+@', regexp_replace(email, '(\\w+)@.*', '\\1'), regexp_matches(email, '\\d+') from customers",
  "select email similar to 'user%', email like 'user\\_%' escape '\\', email not ilike '%x' from customers",
  "select ts_rank(words, q), ts_headline('english', body, q) from documents, websearch_to_tsquery('english', 'quick fox') q where words @@ q",
  "select to_tsvector('english', body) @@ plainto_tsquery('fox') from documents",
  "select date_trunc('week', placed_at), extract(isodow from placed_at), placed_at at time zone 'Europe/Berlin', age(placed_at) from orders",
  "select now(), current_date, clock_timestamp(), localtimestamp, now() - interval '7 days', make_interval(days => 3)",
  'select random(), gen_random_uuid(), md5(email), hashtext(email) from customers',
  "select pg_size_pretty(pg_total_relation_size('orders')), current_setting('work_mem'), current_user, version()",
  'select width_bucket(5, 0, 1000, 10), corr(total, id), regr_slope(total, id), stddev_samp(total) from orders',
  "select coalesce(region, 'x'), nullif(region, 'eu'), greatest(1, 2), case region when 'eu' then 1 else 2 end from customers",
  'select * from orders tablesample system (10) repeatable (1)',
  'select distinct on (customer_id) * from orders order by customer_id, placed_at desc',
  'select net(total), net(amount => total, rate => 0.1), o.grade from orders o',
  'select * from big_orders where id in (select id from orders) and (id, total) > (1, 2) order by id fetch first 3 rows with ties',
  "select 5::positive, '{1,2}'::int[], row(1, 'x'), (select array(select id from orders limit 3)), xmlelement(name a, 'b')",
];
