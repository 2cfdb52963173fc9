import type { FastifyInstance } from 'fastify';
import type { QueryFaultName } from '../database-faults.ts';
import { endpointOf } from './endpoint.ts';

const PAGE = 21;
const ARCHIVE_BEGINS = 60_000;
const ARCHIVE_ROWS = 40_000;

/** What a route asks beside its own queries, as long as the fault is on. */
const EFFECTS: Readonly<
  Record<QueryFaultName, { endpoint: string; run: (app: FastifyInstance) => Promise<void> }>
> = {
  'n-plus-one': {
    endpoint: 'GET /api/products',
    async run({ pool }) {
      const { rows } = await pool.query<{ id: number }>(
        'select p.id, p.name from products p order by p.id limit $1',
        [PAGE],
      );
      for (const { id } of rows) {
        await pool.query('select sum(i.quantity) as sold from order_items i where i.product_id = $1', [id]);
      }
    },
  },
  'composite-index': {
    endpoint: 'GET /api/orders',
    async run({ pool }) {
      await pool.query(
        'select o.id, o.created_at from orders o where o.status = $1 order by o.created_at desc limit 1',
        ['payment-failed'],
      );
    },
  },
  'deep-offset': {
    endpoint: 'GET /api/search',
    async run({ pool }) {
      const offset = ARCHIVE_BEGINS + Math.floor(Math.random() * ARCHIVE_ROWS);
      await pool.query(
        'select o.id, o.total_cents, o.created_at from orders o order by o.created_at desc, o.id desc limit 20 offset $1',
        [offset],
      );
    },
  },
};

export function plantQueryFaults(app: FastifyInstance): void {
  app.addHook('preHandler', async (request) => {
    const endpoint = endpointOf(request);
    for (const [name, effect] of Object.entries(EFFECTS)) {
      if (effect.endpoint === endpoint && app.faults.isOn(name as QueryFaultName)) await effect.run(app);
    }
  });
}
