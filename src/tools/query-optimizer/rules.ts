import type { Rule } from '../../core/finding.ts';

export const TOOL = 'query-optimizer';
export const ALIAS = 'queries';

export const RULES = {
  nPlusOne: {
    id: `${TOOL}/n-plus-one`,
    title: 'A list is followed by one query for each of its rows',
    severity: 'high',
    help: 'One statement returns rows, and a look-up by a key that those rows hold is called once for each of them: calls of the look-up equal rows of the list, with about one row a call, by the same user in the same window. Seen in the differences of the server’s own counters; over several intervals both must move together.',
    fix: 'Fetch the rows of all keys with one query (`= ANY($1)` or a join), or let the data access layer load them with the list.',
    examples: {
      reports: '50 lists return 1,250 rows, and one look-up by primary key is called 1,250 times.',
      silent: 'A look-up by key is called 1,000 times by a route of its own; no list returns that many rows.',
    },
  },
  missingIndex: {
    id: `${TOOL}/missing-index`,
    title: 'An index would make queries much faster',
    severity: 'high',
    help: 'With this index the planner chooses another plan whose cost is much lower, for the queries of this window weighted with their time and after the extra work of writers is taken off.',
    fix: 'Create the index with CREATE INDEX CONCURRENTLY; `recommendations` shows plans, size and locks.',
    examples: {
      reports: 'Orders are searched by customer 20 times a second, and each time all 500,000 are read.',
      silent: 'A table of ten pages is read whole: an index would not be used.',
    },
  },
  deepOffset: {
    id: `${TOOL}/deep-offset`,
    title: 'A large OFFSET reads rows only to skip them',
    severity: 'medium',
    help: 'A query with OFFSET reads, by the server’s counters, at least `deepOffset.readPerRow` rows or pages for each row it returns: the further the page, the slower.',
    fix: 'Page by key: remember the last row’s sort key and ask for what comes after it.',
    examples: {
      reports: '`ORDER BY created_at DESC LIMIT 10 OFFSET 50000` reads 5,000 rows for each one returned.',
      silent: 'OFFSET 0 to 60 over an index.',
    },
  },
  countLarge: {
    id: `${TOOL}/count-large`,
    title: 'All rows of a large table are counted again and again',
    severity: 'medium',
    help: 'COUNT over a table of at least `countLarge.rows` rows without a condition that an index could narrow, and it takes a notable share of the time: each call visits every row.',
    fix: 'Do without the total (ask for one row more than a page), show an estimate from the planner’s statistics, or keep a counter.',
    examples: {
      reports: '`SELECT count(*) FROM events` over 4 million rows beside every page of a list.',
      silent: 'count(*) of one customer’s orders, or of a table with 500 rows.',
    },
  },
  wideSelect: {
    id: `${TOOL}/wide-select`,
    title: 'Wide columns are fetched for many rows',
    severity: 'low',
    help: 'Rows returned times the width of their widest columns, by the planner’s statistics, is more than `wideSelect.bytesPerCall` for each call, and one or two columns hold most of it.',
    fix: 'Name the columns that are needed; fetch documents and long texts only for the row that is opened.',
    examples: {
      reports: '`SELECT * FROM articles LIMIT 200` with a body of 40 kB in each row.',
      silent: '`SELECT *` for one row by its key, or of narrow columns.',
    },
  },
  functionOnColumn: {
    id: `${TOOL}/function-on-column`,
    title: 'A function around a column keeps its index from being used',
    severity: 'medium',
    help: 'A condition applies a function to a column that has an index, no index of that expression exists, and the table is large enough to matter.',
    fix: 'Compare the bare column (a range instead of date_trunc), or create an index of the expression.',
    examples: {
      reports: '`WHERE lower(email) = $1` with an index on (email) only.',
      silent: 'The same with an index on (lower(email)).',
    },
  },
  implicitCast: {
    id: `${TOOL}/implicit-cast`,
    title: 'A comparison casts the column, so its index cannot be used',
    severity: 'medium',
    help: 'The column is cast to another type before it is compared: written so, or by the server because the other side has a wider type, as numeric beside an integer. The index holds the uncast values.',
    fix: 'Cast the other side to the type of the column.',
    examples: {
      reports: '`WHERE id::text = $1`, or `WHERE id = $1::numeric` with a bigint id.',
      silent: '`WHERE id = $1::bigint` with an integer id: one operator family, the index serves.',
    },
  },
  orAcrossColumns: {
    id: `${TOOL}/or-across-columns`,
    title: 'An OR over different columns is answered by reading everything',
    severity: 'medium',
    help: 'A condition joins different columns with OR, and at least one side has no index or belongs to another table: nothing narrows the scan of a large table.',
    fix: 'Write it as UNION of two queries that each use an index, or index every side.',
    examples: {
      reports: '`WHERE o.user_id = $1 OR u.email = $2` over two joined tables.',
      silent: '`WHERE id = $1 OR id = $2`, or an OR beside a selective condition on a key.',
    },
  },
  notInNullable: {
    id: `${TOOL}/not-in-nullable`,
    title: 'NOT IN over a subquery that may hold NULL',
    severity: 'medium',
    help: 'When the subquery returns one NULL, NOT IN is true for no row at all; and it can never be planned as an anti join.',
    fix: 'Write NOT EXISTS, which means what was meant and is planned as an anti join.',
    examples: {
      reports: '`WHERE id NOT IN (SELECT parent_id FROM nodes)` with a parent_id that may be NULL.',
      silent: 'NOT IN over a NOT NULL column of a small table, or over a list of values.',
    },
  },
  missingLimit: {
    id: `${TOOL}/missing-limit`,
    title: 'A query without LIMIT returns very many rows',
    severity: 'medium',
    help: 'It returns at least `missingLimit.rowsPerCall` rows a call and nothing bounds it: it grows with the table.',
    fix: 'Page it by key, aggregate in the database, or read it in batches through a cursor.',
    examples: {
      reports: '`SELECT id, email FROM users` returns 80,000 rows to every call.',
      silent: 'The items of one order, or 80,000 rows grouped to 12.',
    },
  },
  perRowSubquery: {
    id: `${TOOL}/per-row-subquery`,
    title: 'A subquery is run once for every row',
    severity: 'medium',
    help: 'A correlated subquery in the select list or in a condition is run for each row around it, for at least `perRowSubquery.rows` rows a call.',
    fix: 'Join with the grouped subquery, or use LATERAL with a LIMIT on the outside.',
    examples: {
      reports:
        '`SELECT c.*, (SELECT max(created_at) FROM orders WHERE customer_id = c.id) FROM customers c` for 50,000 customers.',
      silent: 'The same for the 20 rows of a page.',
    },
  },
  lockProne: {
    id: `${TOOL}/lock-prone`,
    title: 'A statement locks more rows than it needs',
    severity: 'medium',
    help: 'FOR UPDATE in the manner of a queue without SKIP LOCKED, FOR UPDATE without a condition, or a change of very many rows in one statement: others wait for all of them until the transaction ends.',
    fix: 'Take queue entries with FOR UPDATE SKIP LOCKED; change many rows in batches by key.',
    examples: {
      reports:
        '`SELECT … WHERE status = $1 ORDER BY id LIMIT 1 FOR UPDATE`: every worker waits for the same row.',
      silent: 'The same with SKIP LOCKED, or FOR UPDATE of one row by its primary key.',
    },
  },
  cacheableRead: {
    id: `${TOOL}/cacheable-read`,
    title: 'An expensive answer is computed again although nothing changed',
    severity: 'low',
    help: 'A read takes a notable share of the time, has few different answers, and its tables hardly change in the window. The hit rate is modelled: every write to one of its tables is taken to empty the cache.',
    fix: 'Cache the answer for some seconds or until its tables change, or keep it in a materialized view.',
    examples: {
      reports: 'A 400 ms overview without parameters is asked 200 times while its tables change twice.',
      silent: 'A look-up by key, or a read of a table that is written all the time.',
    },
  },
} as const satisfies Record<string, Rule>;

export const ruleList: readonly Rule[] = Object.values(RULES);
