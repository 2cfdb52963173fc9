import type { FastifyInstance } from 'fastify';
import { ok } from '../envelope.ts';
import { integer, object, order, page, pageParameters, string, success } from '../schemas.ts';
import { ORDER_COLUMNS } from './orders.ts';
import { pageOf, type PageQuery } from './paging.ts';

const { properties: orderProperties } = order as { properties: Record<string, Record<string, unknown>> };
const customerOrder = object({ ...orderProperties, customer: string });

export function adminRoutes(app: FastifyInstance): void {
  app.get(
    '/api/admin/stats',
    {
      config: { access: 'admin', summary: 'The last seven days' },
      schema: {
        response: {
          200: success(object({ orders: integer(), revenueCents: integer(), customers: integer() })),
        },
      },
    },
    async () => {
      const { rows } = await app.pool.query<{ orders: number; revenueCents: number; customers: number }>(
        `select count(*)::int as orders, coalesce(sum(total_cents), 0)::float8 as "revenueCents",
                count(distinct user_id)::int as customers
         from orders where created_at > now() - interval '7 days'`,
      );
      return ok(rows[0]);
    },
  );

  app.get<{ Querystring: PageQuery }>(
    '/api/admin/orders',
    {
      config: { access: 'admin', summary: 'All orders, newest first' },
      schema: { querystring: pageParameters, response: { 200: success(page(customerOrder)) } },
    },
    async (request) =>
      ok(
        await pageOf(
          app.pool,
          request.query,
          `select ${ORDER_COLUMNS}, u.email as customer
           from orders o join users u on u.id = o.user_id order by o.created_at desc`,
        ),
      ),
  );
}
