import { describe, expect, it } from 'vitest';
import { TPCH_QUERIES } from '../../../../bench/lib/advisor/tpch-queries.ts';
import { catalogOf } from './catalog-fixture.ts';
import { readShape } from './shape.ts';
import type { ColumnUse } from './types.ts';

const CATALOG = catalogOf({
  part: 'p_partkey integer!, p_name text, p_mfgr text, p_brand text, p_type text, p_size integer, p_container text, p_retailprice numeric, p_comment text',
  supplier:
    's_suppkey integer!, s_name text, s_address text, s_nationkey integer, s_phone text, s_acctbal numeric, s_comment text',
  partsupp:
    'ps_partkey integer!, ps_suppkey integer!, ps_availqty integer, ps_supplycost numeric, ps_comment text',
  customer:
    'c_custkey integer!, c_name text, c_address text, c_nationkey integer, c_phone text, c_acctbal numeric, c_mktsegment text, c_comment text',
  orders:
    'o_orderkey integer!, o_custkey integer, o_orderstatus text, o_totalprice numeric, o_orderdate date, o_orderpriority text, o_clerk text, o_shippriority integer, o_comment text',
  lineitem:
    'l_orderkey integer!, l_partkey integer, l_suppkey integer, l_linenumber integer, l_quantity numeric, l_extendedprice numeric, l_discount numeric, l_tax numeric, l_returnflag text, l_linestatus text, l_shipdate date, l_commitdate date, l_receiptdate date, l_shipinstruct text, l_shipmode text, l_comment text',
  nation: 'n_nationkey integer!, n_name text, n_regionkey integer, n_comment text',
  region: 'r_regionkey integer!, r_name text, r_comment text',
});

/** Everything an index could serve: joins and conditions that must hold, each once, in the order of the text. */
const EXPECTED: Readonly<Record<string, string>> = {
  1: 'l_shipdate range',
  2: 'p_partkey join, ps_partkey join, s_suppkey join, ps_suppkey join, p_size equality, p_type pattern, s_nationkey join, n_nationkey join, n_regionkey join, r_regionkey join, r_name equality',
  3: 'c_mktsegment equality, c_custkey join, o_custkey join, l_orderkey join, o_orderkey join, o_orderdate range, l_shipdate range',
  4: 'o_orderdate range, l_orderkey join, o_orderkey join',
  5: 'c_custkey join, o_custkey join, l_orderkey join, o_orderkey join, l_suppkey join, s_suppkey join, c_nationkey join, s_nationkey join, n_nationkey join, n_regionkey join, r_regionkey join, r_name equality, o_orderdate range',
  6: 'l_shipdate range, l_discount range, l_quantity range',
  7: 's_suppkey join, l_suppkey join, o_orderkey join, l_orderkey join, c_custkey join, o_custkey join, s_nationkey join, n_nationkey join, c_nationkey join, l_shipdate range',
  8: 'p_partkey join, l_partkey join, s_suppkey join, l_suppkey join, l_orderkey join, o_orderkey join, o_custkey join, c_custkey join, c_nationkey join, n_nationkey join, n_regionkey join, r_regionkey join, r_name equality, s_nationkey join, o_orderdate range, p_type equality',
  9: 's_suppkey join, l_suppkey join, ps_suppkey join, ps_partkey join, l_partkey join, p_partkey join, o_orderkey join, l_orderkey join, s_nationkey join, n_nationkey join, p_name pattern',
  10: 'c_custkey join, o_custkey join, l_orderkey join, o_orderkey join, o_orderdate range, l_returnflag equality, c_nationkey join, n_nationkey join',
  11: 'ps_suppkey join, s_suppkey join, s_nationkey join, n_nationkey join, n_name equality',
  12: 'o_orderkey join, l_orderkey join, l_shipmode list, l_receiptdate range',
  13: 'o_custkey join',
  14: 'l_partkey join, p_partkey join, l_shipdate range',
  15: 'l_shipdate range, s_suppkey join, l_suppkey join',
  16: 'p_partkey join, ps_partkey join, p_size list, s_comment pattern',
  17: 'p_partkey join, l_partkey join, p_brand equality, p_container equality',
  18: 'o_orderkey join, l_orderkey join, c_custkey join, o_custkey join',
  19: 'p_partkey join, l_partkey join, p_size range, l_shipinstruct equality',
  20: 'p_name prefix, ps_partkey join, p_partkey join, l_partkey join, l_suppkey join, l_shipdate range, s_suppkey join, ps_suppkey join, s_nationkey join, n_nationkey join, n_name equality',
  21: 's_suppkey join, l_suppkey join, o_orderkey join, l_orderkey join, o_orderstatus equality, s_nationkey join, n_nationkey join, n_name equality',
  22: 'SUBSTRING(c_phone FROM 1 FOR 2) list, c_acctbal range, o_custkey join',
};

function served(uses: readonly ColumnUse[]): string {
  const roles = new Set(['equality', 'list', 'range', 'prefix', 'pattern', 'join']);
  const found = uses.filter(({ role, conjunct }) => conjunct && roles.has(role));
  return [...new Set(found.map(({ column, expression, role }) => `${column ?? expression} ${role}`))].join(
    ', ',
  );
}

describe('the 22 queries of TPC-H', () => {
  it.each(Object.entries(TPCH_QUERIES))('query %s', async (number, sql) => {
    const { uses } = await readShape(sql, CATALOG);
    expect(served(uses)).toBe(EXPECTED[number]);
  });
});
