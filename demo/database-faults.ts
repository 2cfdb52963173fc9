import type { Fault } from './faults.ts';

const TRACKER = 'database-performance-tracker';
const OPTIMIZER = 'query-optimizer';
/** What a route shows whose query became slow. */
const SLOWER_ROUTE = ['api-health-monitor/latency-regression', 'api-health-monitor/slow-tail'];
/** The database's name in the demo's config. */
const TARGET = 'shop-database';

const fault = (
  tool: string,
  rule: string,
  subject: string,
  more: Pick<Fault, 'summary' | 'how' | 'alsoReports'>,
) => ({ tool, rule: `${tool}/${rule}`, endpoint: null, subject: `${TARGET}${subject}`, ...more });

/** Faults of what the shop asks of its database; the routes stay as they are. */
const QUERY_FAULTS = {
  'n-plus-one': fault(OPTIMIZER, 'n-plus-one', ' SELECT order_items', {
    summary: 'The product list asks for the sales of each product by itself',
    how: 'GET /api/products reads a page of products, then one aggregate for each of them',
  }),
  'composite-index': fault(OPTIMIZER, 'missing-index', ' public.orders', {
    summary: 'The order list looks for the newest failed payment, and no index has both columns',
    how: 'GET /api/orders filters by a rare status and sorts by date: the index on the date is read to its end',
    alsoReports: SLOWER_ROUTE,
  }),
  'deep-offset': fault(OPTIMIZER, 'deep-offset', ' SELECT orders', {
    summary: 'The search page shows a part of the archive far behind its beginning',
    how: 'GET /api/search reads 20 orders behind an OFFSET of 60,000 and more',
    alsoReports: [`${OPTIMIZER}/missing-index`, `${TRACKER}/slow-statement`, ...SLOWER_ROUTE],
  }),
} as const satisfies Readonly<Record<string, Fault>>;

/** Faults of the database itself, and of the background worker. */
const SERVER_FAULTS = {
  'missing-index': fault(OPTIMIZER, 'missing-index', ' public.orders', {
    summary: "The index that finds a customer's orders is gone",
    how: 'it is dropped, and made again when the fault is switched off',
    alsoReports: [`${TRACKER}/missing-foreign-key-index`, ...SLOWER_ROUTE],
  }),
  'lock-chain': fault(TRACKER, 'blocking-chain', '', {
    summary: 'A worker keeps a row locked and does nothing; two others wait for it',
    how: 'an update in a transaction that stays open, and two more updates of the same product',
    alsoReports: [`${TRACKER}/idle-in-transaction`, `${TRACKER}/long-transaction`],
  }),
  'idle-in-transaction': fault(TRACKER, 'idle-in-transaction', '', {
    summary: 'A worker opens a transaction and forgets it',
    how: 'begin, one read, and nothing more on that connection',
    alsoReports: [`${TRACKER}/long-transaction`],
  }),
  'connection-leak': fault(TRACKER, 'connection-leak', '', {
    summary: 'A worker opens two connections a second and gives none back',
    how: 'up to 55 connections that stay idle',
    alsoReports: [`${TRACKER}/connections-near-limit`],
  }),
  'stale-statistics': fault(TRACKER, 'stale-statistics', ' public.price_history', {
    summary: 'The history of prices grew forty times since the planner last looked',
    how: 'rows are imported while autovacuum is off for the table',
  }),
  bloat: fault(TRACKER, 'bloat', ' public.audit_log', {
    summary: 'The audit log keeps its size after nine tenths of it were deleted',
    how: 'many rows are imported, most of them deleted, and the table vacuumed',
  }),
  'sequence-overflow': fault(TRACKER, 'sequence-overflow', ' public.audit_log', {
    summary: 'The keys of the audit log are at nine tenths of what an integer holds',
    how: 'its identity column goes on at 1,950,000,000',
  }),
  'unused-index': fault(TRACKER, 'unused-index', ' public.order_items_price_cents', {
    summary: 'An index on the items is kept up to date and never read',
    how: 'it is made on a column that no query filters or sorts by',
  }),
  'duplicate-index': fault(TRACKER, 'duplicate-index', ' public.order_items_of_product', {
    summary: 'The items have an index that another one holds whole',
    how: 'an index on the product is made beside the one on the product that includes the quantity',
  }),
  'cache-miss': fault(TRACKER, 'cache-misses', ' public.product_media', {
    summary: 'The worker reads pictures that do not fit into the shared cache',
    how: 'random look-ups in a table of more than twice the size of shared_buffers',
  }),
  'slow-report': fault(TRACKER, 'slow-statement', ' SELECT order_items', {
    summary: 'The worker adds up all sales again and again',
    how: 'an aggregate over all items, orders and products every second and a half',
    alsoReports: [
      `${TRACKER}/temp-spills`,
      `${OPTIMIZER}/cacheable-read`,
      `${OPTIMIZER}/missing-limit`,
      `${OPTIMIZER}/missing-index`,
    ],
  }),
} as const satisfies Readonly<Record<string, Fault>>;

export const DATABASE_FAULTS = { ...QUERY_FAULTS, ...SERVER_FAULTS } as const;
export type QueryFaultName = keyof typeof QUERY_FAULTS;
export type ServerFaultName = keyof typeof SERVER_FAULTS;
