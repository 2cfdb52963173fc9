import type { FastifyInstance, FastifyRequest } from 'fastify';
import { caller } from '../access.ts';
import { HttpError, ok } from '../envelope.ts';
import { placeOrder } from '../place-order.ts';
import { idParameter, integer, list, object, order, orderItem, success } from '../schemas.ts';

export interface Order {
  id: number;
  status: string;
  totalCents: number;
  createdAt: Date;
}

export const ORDER_COLUMNS = 'o.id, o.status, o.total_cents as "totalCents", o.created_at as "createdAt"';

const orderWithItems = object({ order, items: list(orderItem) });

export function orderRoutes(app: FastifyInstance): void {
  app.get(
    '/api/orders',
    {
      config: { access: 'customer', summary: "The caller's latest orders" },
      schema: { response: { 200: success(object({ items: list(order) })) } },
    },
    async (request) => {
      const { rows } = await app.pool.query<Order>(
        `select ${ORDER_COLUMNS} from orders o where o.user_id = $1 order by o.created_at desc limit 20`,
        [caller(request).id],
      );
      return ok({ items: rows });
    },
  );

  app.post<{ Body: { items: { productId: number; quantity: number }[] } }>(
    '/api/orders',
    {
      config: { access: 'customer', summary: 'Place an order and pay for it' },
      schema: {
        body: object({
          items: {
            ...list(
              object({ productId: integer(1), quantity: { type: 'integer', minimum: 1, maximum: 20 } }),
            ),
            minItems: 1,
            maxItems: 20,
          },
        }),
        response: { 201: success(orderWithItems) },
      },
    },
    async (request, reply) => {
      const id = await placeOrder(app, request.log, caller(request).id, request.body.items);
      request.log.info({ orderId: id }, 'order paid');
      reply.code(201);
      return ok(await readOrder(app, request, id));
    },
  );

  app.get<{ Params: { id: number } }>(
    '/api/orders/:id',
    {
      config: { access: 'customer', summary: 'One order with its items' },
      schema: { params: idParameter, response: { 200: success(orderWithItems) } },
    },
    async (request) => ok(await readOrder(app, request, request.params.id)),
  );
}

async function readOrder(app: FastifyInstance, request: FastifyRequest, id: number): Promise<object> {
  const { id: userId, role } = caller(request);
  const orders = await app.pool.query<Order>(
    `select ${ORDER_COLUMNS} from orders o where o.id = $1 and (o.user_id = $2 or $3)`,
    [id, userId, role === 'admin'],
  );
  // Somebody else's order looks like one that does not exist.
  if (!orders.rows[0]) throw new HttpError(404, 'There is no such order.');
  const items = await app.pool.query(
    `select i.product_id as "productId", p.name, i.quantity, i.price_cents as "priceCents"
     from order_items i join products p on p.id = i.product_id where i.order_id = $1 order by i.product_id`,
    [id],
  );
  return { order: orders.rows[0], items: items.rows };
}
