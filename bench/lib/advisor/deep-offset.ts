import { Client } from 'pg';
import { seededRandom } from '../../../src/core/statistics/random.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { startPostgres } from '../../../src/platform/postgres/embedded.ts';
import { createSqlConnector } from '../../../src/platform/sql/postgres.ts';
import type { Catalog } from '../../../src/tools/_shared/database/catalog.ts';
import { readSnapshot } from '../../../src/tools/_shared/database/postgres/read-snapshot.ts';
import { loadSqlParser } from '../../../src/tools/_shared/sql/parser.ts';
import { readShape } from '../../../src/tools/_shared/sql/shape.ts';
import { bindValues, type Literal } from '../../../src/tools/query-optimizer/proof/bind.ts';
import { proveRewrite } from '../../../src/tools/query-optimizer/proof/prove.ts';
import type { Sandbox } from '../../../src/tools/query-optimizer/proof/types.ts';
import type { Comparison, Rewrite } from '../../../src/tools/query-optimizer/recommendation.ts';
import { rewritesOf } from '../../../src/tools/query-optimizer/rewrite/rewrites.ts';
import { type BenchRow, notRun, row } from '../bench.ts';

const ROWS = 300_000;
const PAGE = 10;
const DEPTH = 50_000;
/** Some 50 rows share each time, so that pages end in the middle of ties. */
const SET_UP = `
  CREATE TABLE posts (id bigint PRIMARY KEY, tenant_id int NOT NULL, created_at timestamptz NOT NULL, title text NOT NULL, body text);
  INSERT INTO posts SELECT n, 1 + n % 2, timestamptz '2026-01-01' + (hashint8(n) & 4095) * interval '1 hour',
    'post ' || n, repeat('x', 120) FROM generate_series(1, ${ROWS}) AS n;
  CREATE INDEX posts_feed ON posts (tenant_id, created_at DESC, id DESC);
`;
const QUERY =
  'SELECT id, created_at, title FROM posts WHERE tenant_id = $1 ORDER BY created_at DESC LIMIT $2 OFFSET $3';

type Pages = Extract<Comparison, { kind: 'pages' }>;

/** LIMIT 10 OFFSET 50000 as a key: every page the same both ways, and what the deep one costs. */
export async function benchDeepOffset(quick: boolean, log: (line: string) => void): Promise<BenchRow[]> {
  const server = await startPostgres({ settings: { jit: 'off' } });
  const client = new Client({ connectionString: server.url });
  await client.connect();
  try {
    log(`deep OFFSET: ${ROWS} rows`);
    await client.query(SET_UP);
    await client.query('VACUUM ANALYZE');
    const catalog = await catalogOf(server.url);
    const rewrite = await keysetOf(catalog);
    if (rewrite === undefined || rewrite.comparison.kind !== 'pages') {
      return [notRun('deep OFFSET', 'pages', 'no rewrite was proposed', { op: '=', value: 1 })];
    }
    const pages = quick ? 200 : 2_000;
    log(`deep OFFSET: walking ${pages} pages both ways from the beginning and from row ${DEPTH}`);
    const walked =
      (await samePages(client, rewrite.after, rewrite.comparison, 0, pages)) +
      (await samePages(client, rewrite.after, rewrite.comparison, DEPTH, pages));
    const { proof } = await proveRewrite({
      rewrite,
      catalog,
      clone: sandboxOf(client),
      options: { rounds: 7, timeoutMs: 30_000, budgetMs: 60_000, slower: { ratio: 1.2, ms: 5 } },
      random: seededRandom(7),
      signal: new AbortController().signal,
    });
    const [deep] = proof?.queries ?? [];
    const times = deep === undefined ? null : deep.before.buffers / deep.after.buffers;
    const faster = deep === undefined ? null : deep.before.milliseconds / deep.after.milliseconds;
    return [
      row({
        name: 'deep OFFSET as a key: pages that are the same row by row',
        value: walked,
        unit: `of ${2 * pages} pages`,
        goal: { op: '=', value: 2 * pages },
        samples: 2 * pages,
      }),
      row({
        name: `deep OFFSET as a key: fewer pages read at row ${DEPTH}`,
        value: times === null ? null : Math.round(times),
        unit: 'times',
        goal: { op: '>=', value: 100 },
        samples: 7,
        note: `${proof?.verdict ?? 'not tried'}: ${deep?.before.buffers ?? 0} pages before, ${deep?.after.buffers ?? 0} after`,
      }),
      row({
        name: `deep OFFSET as a key: less time at row ${DEPTH}`,
        value: faster === null ? null : Math.round(faster),
        unit: 'times',
        samples: 7,
      }),
    ];
  } finally {
    await client.end();
    await server.stop();
  }
}

async function catalogOf(url: string): Promise<Catalog> {
  const session = await createSqlConnector().open(url, {
    statementTimeoutMs: 10_000,
    signal: new AbortController().signal,
  });
  try {
    const { catalog } = (await readSnapshot(session, ['catalog'], systemClock.wallMs())).parts;
    if (!catalog.known) throw new Error(catalog.reason);
    return catalog.value;
  } finally {
    await session.close();
  }
}

async function keysetOf(catalog: Catalog): Promise<Rewrite | undefined> {
  const query = {
    shape: await readShape(QUERY, catalog),
    texts: [QUERY],
    calls: 100,
    totalMs: 1_000,
    meanMs: 10,
    rows: 100 * PAGE,
    sharedBuffers: 0,
    exactness: 'exact' as const,
    origins: [],
  };
  return rewritesOf(query, catalog, await loadSqlParser()).find(
    ({ comparison }) => comparison.kind === 'pages',
  );
}

/** From the row at `start` on, each page from the last row of the one before. @returns how many are the same */
async function samePages(
  client: Client,
  after: string,
  { ordered, handOn }: Pages,
  start: number,
  pages: number,
): Promise<number> {
  const literal = (value: unknown): Literal => ({ text: String(value), type: null });
  const fixed = [[1, literal(1)] as const, [2, literal(PAGE)] as const];
  // One long read in the order of the rows stands for all pages of the old way, which would take hours.
  const all = await bindValues(
    ordered,
    new Map([
      [1, literal(1)],
      [2, literal((pages + 1) * PAGE)],
      [3, literal(start)],
    ]),
  );
  // As text: the driver's own type for times would lose their microseconds.
  const { rows: expected } = await client.query<Record<string, string>>(
    `SELECT q.id::text, q.created_at::text, q.title FROM (${all}) AS q`,
  );
  let same = 0;
  for (let page = 1; page <= pages; page += 1) {
    const last = expected[page * PAGE - 1];
    const handed = handOn.map(({ column, parameter }) => [parameter, literal(last?.[column])] as const);
    const sql = await bindValues(after, new Map([...fixed, ...handed]));
    const { rows } = await client.query(`SELECT q.id::text, q.created_at::text, q.title FROM (${sql}) AS q`);
    if (JSON.stringify(rows) === JSON.stringify(expected.slice(page * PAGE, (page + 1) * PAGE))) same += 1;
  }
  return same;
}

/** The server itself in the place of a copy. */
function sandboxOf(client: Client): Sandbox {
  return {
    sampled: [],
    describe: () => `a table of ${ROWS} rows`,
    execute: async (sql) => void (await client.query(sql)),
    query: async <Row>(sql: string, parameters: readonly unknown[] = []) =>
      (await client.query(sql, [...parameters])).rows as Row[],
    createIndex: () => Promise.reject(new Error('none is built here')),
    analyze: () => Promise.resolve(),
  };
}
