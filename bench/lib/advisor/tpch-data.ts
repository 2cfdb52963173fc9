/**
 * The data of TPC-H, made from hashes: the tables, sizes, value ranges and dependencies of clause 4.2 of the
 * specification, but not the very rows of dbgen, so results do not compare with audited ones. Pure SQL, the same rows
 * every time.
 */

/** `pick(key, seed, n)`: 0 to n-1, from a hash of both. `prose` cuts a piece out of one long text, as dbgen does; `|| ''` unpacks it once. */
const FUNCTIONS = `
CREATE FUNCTION pick(key bigint, seed bigint, n bigint) RETURNS int IMMUTABLE PARALLEL SAFE LANGUAGE sql AS
  $$ SELECT ((hashint8extended(key, seed) & 9223372036854775807) % n)::int $$;
CREATE FUNCTION word(key bigint, seed bigint, words text[]) RETURNS text IMMUTABLE PARALLEL SAFE LANGUAGE sql AS
  $$ SELECT words[1 + ((hashint8extended(key, seed) & 9223372036854775807) % cardinality(words))::int] $$;
CREATE TABLE pool AS SELECT string_agg(word(n, 9, ARRAY['furiously','quickly','carefully','blithely','slyly','special',
  'pending','unusual','express','final','regular','ironic','bold','even','silent','deposits','requests','accounts','packages',
  'instructions','foxes','theodolites','pinto','beans','asymptotes','dependencies','platelets','ideas','sleep','wake','haggle',
  'nag','cajole','detect','integrate','boost','above','along','among','against']), ' ') AS words
  FROM generate_series(1, 150) n;
CREATE FUNCTION prose(words text, key bigint, seed bigint, length int) RETURNS text IMMUTABLE PARALLEL SAFE LANGUAGE sql AS
  $$ SELECT btrim(substr(words, 1 + pick(key, seed, 950), length - pick(key, seed + 1000, length / 2))) $$;`;

const COLOURS =
  'almond antique aquamarine azure beige bisque black blanched blue blush brown burlywood burnished chartreuse chiffon ' +
  'chocolate coral cornflower cornsilk cream cyan dark deep dim dodger drab firebrick floral forest frosted gainsboro ghost ' +
  'goldenrod green grey honeydew hot indian ivory khaki lace lavender lawn lemon light lime linen magenta maroon medium metallic ' +
  'midnight mint misty moccasin navajo navy olive orange orchid pale papaya peach peru pink plum powder puff purple red rose rosy ' +
  'royal saddle salmon sandy seashell sienna sky slate smoke snow spring steel tan thistle tomato turquoise violet wheat white yellow';

const NATIONS =
  'ALGERIA 0,ARGENTINA 1,BRAZIL 1,CANADA 1,EGYPT 4,ETHIOPIA 0,FRANCE 3,GERMANY 3,INDIA 2,INDONESIA 2,IRAN 4,IRAQ 4,JAPAN 2,' +
  'JORDAN 4,KENYA 0,MOROCCO 0,MOZAMBIQUE 0,PERU 1,CHINA 2,ROMANIA 3,SAUDI ARABIA 4,VIETNAM 2,RUSSIA 3,UNITED KINGDOM 3,UNITED STATES 1';

function array(words: string): string {
  return `ARRAY['${words.split(' ').join("','")}']`;
}

/** Statements that make and fill the tables at a scale factor, with primary keys and nothing else. */
export function tpchStatements(scale: number): string[] {
  const suppliers = Math.round(10_000 * scale);
  const parts = Math.round(200_000 * scale);
  const customers = Math.round(150_000 * scale);
  const orders = Math.round(1_500_000 * scale);
  return [
    FUNCTIONS,
    `CREATE TABLE region (r_regionkey int PRIMARY KEY, r_name char(25) NOT NULL, r_comment varchar(152));
     INSERT INTO region SELECT n - 1, (ARRAY['AFRICA','AMERICA','ASIA','EUROPE','MIDDLE EAST'])[n], prose((SELECT words || '' FROM pool), n, 1, 100)
     FROM generate_series(1, 5) n`,
    `CREATE TABLE nation (n_nationkey int PRIMARY KEY, n_name char(25) NOT NULL, n_regionkey int NOT NULL,
       n_comment varchar(152));
     INSERT INTO nation SELECT n - 1, regexp_replace(pair, ' \\d$', ''), right(pair, 1)::int, prose((SELECT words || '' FROM pool), n, 2, 100)
     FROM unnest(string_to_array('${NATIONS}', ',')) WITH ORDINALITY AS list(pair, n)`,
    `CREATE TABLE supplier (s_suppkey int PRIMARY KEY, s_name char(25) NOT NULL, s_address varchar(40) NOT NULL,
       s_nationkey int NOT NULL, s_phone char(15) NOT NULL, s_acctbal numeric(15,2) NOT NULL, s_comment varchar(101) NOT NULL);
     INSERT INTO supplier SELECT k, 'Supplier#' || lpad(k::text, 9, '0'), substr(md5(k::text), 1, 10 + pick(k, 3, 20)),
       pick(k, 4, 25), ${phone('pick(k, 4, 25)', 5)}, (pick(k, 6, 1099999) - 99999) / 100.0,
       CASE WHEN k % 2000 = 7 THEN 'Customer slyly Complaints ' ELSE '' END || prose((SELECT words || '' FROM pool), k, 7, 80)
     FROM generate_series(1, ${suppliers}) k`,
    `CREATE TABLE part (p_partkey int PRIMARY KEY, p_name varchar(55) NOT NULL, p_mfgr char(25) NOT NULL,
       p_brand char(10) NOT NULL, p_type varchar(25) NOT NULL, p_size int NOT NULL, p_container char(10) NOT NULL,
       p_retailprice numeric(15,2) NOT NULL, p_comment varchar(23) NOT NULL);
     INSERT INTO part SELECT k,
       concat_ws(' ', ${[10, 11, 12, 13, 14].map((seed) => `word(k, ${seed}, ${array(COLOURS)})`).join(', ')}),
       'Manufacturer#' || m, 'Brand#' || m || (1 + pick(k, 16, 5)),
       concat_ws(' ', word(k, 17, ${array('STANDARD SMALL MEDIUM LARGE ECONOMY PROMO')}),
         word(k, 18, ${array('ANODIZED BURNISHED PLATED POLISHED BRUSHED')}), word(k, 19, ${array('TIN NICKEL BRASS STEEL COPPER')})),
       1 + pick(k, 20, 50),
       word(k, 21, ${array('SM LG MED JUMBO WRAP')}) || ' ' || word(k, 22, ${array('CASE BOX BAG JAR PKG PACK CAN DRUM')}),
       ${retailPrice('k')}, prose((SELECT words || '' FROM pool), k, 23, 20)
     FROM (SELECT k, 1 + pick(k, 15, 5) AS m FROM generate_series(1, ${parts}) k) parts`,
    `CREATE TABLE partsupp (ps_partkey int NOT NULL, ps_suppkey int NOT NULL, ps_availqty int NOT NULL,
       ps_supplycost numeric(15,2) NOT NULL, ps_comment varchar(199) NOT NULL);
     INSERT INTO partsupp SELECT k, ${supplierOf('k', 'i', suppliers)}, 1 + pick(k * 4 + i, 24, 9999),
       (100 + pick(k * 4 + i, 25, 99901)) / 100.0, prose((SELECT words || '' FROM pool), k * 4 + i, 26, 165)
     FROM generate_series(1, ${parts}) k, generate_series(0, 3) i;
     ALTER TABLE partsupp ADD PRIMARY KEY (ps_partkey, ps_suppkey)`,
    `CREATE TABLE customer (c_custkey int PRIMARY KEY, c_name varchar(25) NOT NULL, c_address varchar(40) NOT NULL,
       c_nationkey int NOT NULL, c_phone char(15) NOT NULL, c_acctbal numeric(15,2) NOT NULL, c_mktsegment char(10) NOT NULL,
       c_comment varchar(117) NOT NULL);
     INSERT INTO customer SELECT k, 'Customer#' || lpad(k::text, 9, '0'), substr(md5(k::text), 1, 10 + pick(k, 30, 20)),
       pick(k, 31, 25), ${phone('pick(k, 31, 25)', 32)}, (pick(k, 33, 1099999) - 99999) / 100.0,
       word(k, 34, ${array('AUTOMOBILE BUILDING FURNITURE MACHINERY HOUSEHOLD')}), prose((SELECT words || '' FROM pool), k, 35, 100)
     FROM generate_series(1, ${customers}) k`,
    // Built with their lines, because status and price of an order follow from them.
    `CREATE UNLOGGED TABLE raw_lines AS
     SELECT n, (n - 1) / 8 * 32 + (n - 1) % 8 + 1 AS orderkey, line, date, partkey,
       ${supplierOf('partkey', 'pick(id, 41, 4)', suppliers)} AS suppkey, 1 + pick(id, 42, 50) AS quantity,
       pick(id, 43, 11) / 100.0 AS discount, pick(id, 44, 9) / 100.0 AS tax, date + 1 + pick(id, 45, 121) AS shipdate,
       date + 30 + pick(id, 46, 61) AS commitdate, date + 1 + pick(id, 45, 121) + 1 + pick(id, 47, 30) AS receiptdate, id
     FROM (SELECT n, line, date '1992-01-01' + pick(n, 40, 2406) AS date, n * 8 + line AS id,
             1 + pick(n * 8 + line, 48, ${parts}) AS partkey
           FROM generate_series(1, ${orders}::bigint) n, generate_series(1, 1 + pick(n, 49, 7)) line) lines`,
    `CREATE TABLE lineitem (l_orderkey int NOT NULL, l_partkey int NOT NULL, l_suppkey int NOT NULL, l_linenumber int NOT NULL,
       l_quantity numeric(15,2) NOT NULL, l_extendedprice numeric(15,2) NOT NULL, l_discount numeric(15,2) NOT NULL,
       l_tax numeric(15,2) NOT NULL, l_returnflag char(1) NOT NULL, l_linestatus char(1) NOT NULL, l_shipdate date NOT NULL,
       l_commitdate date NOT NULL, l_receiptdate date NOT NULL, l_shipinstruct char(25) NOT NULL, l_shipmode char(10) NOT NULL,
       l_comment varchar(44) NOT NULL);
     INSERT INTO lineitem SELECT orderkey, partkey, suppkey, line, quantity, quantity * ${retailPrice('partkey')}, discount, tax,
       CASE WHEN receiptdate <= date '1995-06-17' THEN word(id, 50, ARRAY['R','A']) ELSE 'N' END,
       CASE WHEN shipdate > date '1995-06-17' THEN 'O' ELSE 'F' END, shipdate, commitdate, receiptdate,
       word(id, 51, ARRAY['DELIVER IN PERSON','COLLECT COD','NONE','TAKE BACK RETURN']),
       word(id, 52, ARRAY['REG AIR','AIR','RAIL','SHIP','TRUCK','MAIL','FOB']), prose((SELECT words || '' FROM pool), id, 53, 36)
     FROM raw_lines;
     ALTER TABLE lineitem ADD PRIMARY KEY (l_orderkey, l_linenumber)`,
    `CREATE TABLE orders (o_orderkey int PRIMARY KEY, o_custkey int NOT NULL, o_orderstatus char(1) NOT NULL,
       o_totalprice numeric(15,2) NOT NULL, o_orderdate date NOT NULL, o_orderpriority char(15) NOT NULL,
       o_clerk char(15) NOT NULL, o_shippriority int NOT NULL, o_comment varchar(79) NOT NULL);
     INSERT INTO orders SELECT orderkey, 1 + pick(n, 54, ${customers} / 3) * 3 + pick(n, 55, 2),
       CASE WHEN every(shipdate <= date '1995-06-17') THEN 'F' WHEN every(shipdate > date '1995-06-17') THEN 'O' ELSE 'P' END,
       sum(quantity * ${retailPrice('partkey')} * (1 + tax) * (1 - discount)), min(date),
       word(n, 56, ARRAY['1-URGENT','2-HIGH','3-MEDIUM','4-NOT SPECIFIED','5-LOW']),
       'Clerk#' || lpad((1 + pick(n, 57, ${Math.max(1, Math.round(1_000 * scale))}))::text, 9, '0'), 0, prose((SELECT words || '' FROM pool), n, 58, 66)
     FROM raw_lines GROUP BY n, orderkey ORDER BY n;
     DROP TABLE raw_lines, pool`,
    'VACUUM ANALYZE',
  ];
}

function phone(nation: string, seed: number): string {
  return `(10 + ${nation}) || '-' || (100 + pick(k, ${seed}, 900)) || '-' || (100 + pick(k, ${seed} + 100, 900)) || '-' || (1000 + pick(k, ${seed} + 200, 9000))`;
}

function retailPrice(part: string): string {
  return `((90000 + (${part} / 10) % 20001 + 100 * (${part} % 1000)) / 100.0)`;
}

/** The four suppliers of a part (clause 4.2.3). */
function supplierOf(part: string, which: string, suppliers: number): string {
  return `((${part} + ${which} * (${suppliers} / 4 + (${part} - 1) / ${suppliers})) % ${suppliers} + 1)`;
}
