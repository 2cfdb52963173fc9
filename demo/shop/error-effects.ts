import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Pool, type PoolClient } from 'pg';
import type { ErrorFaultName } from '../error-faults.ts';
import { caller } from './access.ts';
import { endpointOf } from './endpoint.ts';
import type { BasketItem } from './place-order.ts';

const SMALL_POOL = 3;
const CONNECTION_TIMEOUT_MS = 500;
const SUMMARY_EVERY_MS = 2_000;

/** In the order of the seeded categories, which go by the product's id. */
const CURRENCIES = ['EUR', 'EURO', 'EURO', 'EUR', 'EURO'];

/** Lets the faults that only the log tells of take effect. */
export function plantErrorFaults(app: FastifyInstance, databaseUrl: string): void {
  const isOn = (name: ErrorFaultName): boolean => app.faults.isOn(name);
  const small = new Pool({
    connectionString: databaseUrl,
    max: SMALL_POOL,
    connectionTimeoutMillis: CONNECTION_TIMEOUT_MS,
    application_name: 'shop',
  });
  small.on('error', (error) => app.log.error({ err: error }, 'a pooled connection failed'));
  const kept: PoolClient[] = [];
  const giveBack = (): void => {
    for (const client of kept.splice(0)) client.release();
  };

  app.addHook('preHandler', async (request) => {
    const endpoint = endpointOf(request);
    if (endpoint === 'POST /api/auth/logout' && isOn('pool-exhaustion')) {
      kept.push(await noteLastVisit(small, caller(request).id));
    }
    if (endpoint === 'POST /api/orders' && isOn('new-error-after-deploy') && !app.release.isFirst()) {
      for (const { productId } of (request.body as { items: BasketItem[] }).items) priceTag(productId, 0);
    }
  });
  app.addHook('onResponse', async (request) => {
    if (isOn('noisy-but-harmless')) complain(request);
  });

  const giveBackWhenOver = async (): Promise<void> => {
    await app.faults.changed();
    if (!isOn('pool-exhaustion')) giveBack();
    void giveBackWhenOver();
  };
  void giveBackWhenOver();
  const summaries = setInterval(() => {
    if (isOn('noisy-but-harmless')) app.log.info('errors: 0, failed jobs: 0, no fatal exception');
  }, SUMMARY_EVERY_MS).unref();
  app.addHook('onClose', async () => {
    clearInterval(summaries);
    giveBack();
    await small.end();
  });
}

/** What a careless change looks like: its author had `pool.query` in mind, which gives back by itself. */
async function noteLastVisit(pool: Pool, userId: number): Promise<PoolClient> {
  const client = await pool.connect();
  await client.query('select max(a.created_at) as last from audit_log a where a.user_id = $1', [userId]);
  return client;
}

/** Throws RangeError for what is no currency (ECMA-402, IsWellFormedCurrencyCode). */
function priceTag(productId: number, cents: number): string {
  const currency = CURRENCIES[productId % CURRENCIES.length] ?? 'EUR';
  return new Intl.NumberFormat('en', { style: 'currency', currency }).format(cents / 100);
}

/** Nothing here is wrong; it only sounds so. */
function complain(request: FastifyRequest): void {
  if (request.user === null) request.log.warn('authentication failed: no token, going on as guest');
  if (endpointOf(request) === 'GET /api/products/{id}')
    request.log.warn('cache error: price may be unavailable or timed out, read again if null');
}
