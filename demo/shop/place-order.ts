import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import type { PoolClient } from 'pg';
import { HttpError } from './envelope.ts';

export interface BasketItem {
  productId: number;
  quantity: number;
}

/**
 * Takes the stock and writes the order in one transaction, then charges outside of it: no lock is held while the
 * payment provider thinks. Returns the id of the paid order.
 */
export async function placeOrder(
  app: FastifyInstance,
  log: FastifyBaseLogger,
  userId: number,
  basket: readonly BasketItem[],
): Promise<number> {
  const { id, totalCents } = await reserve(app, userId, mergeBasket(basket));
  try {
    const reference = await app.partners.charge(id, totalCents);
    await app.pool.query(`update orders set status = 'paid', payment_reference = $2 where id = $1`, [
      id,
      reference,
    ]);
  } catch (error) {
    log.error({ err: error, orderId: id }, 'payment failed');
    await app.pool.query(`update orders set status = 'payment-failed' where id = $1`, [id]);
    throw new HttpError(502, 'The payment did not go through.');
  }
  await bookShipment(app, log, id);
  return id;
}

/** A paid order stays paid: the warehouse books by hand what could not be booked here. */
async function bookShipment(app: FastifyInstance, log: FastifyBaseLogger, orderId: number): Promise<void> {
  try {
    const tracking = await app.partners.bookShipment(orderId);
    log.info({ orderId, tracking }, 'shipment booked');
  } catch (error) {
    log.warn({ err: error, orderId }, 'shipment not booked');
  }
}

/** In the order of the products, so that two baskets never wait for each other's rows. */
function mergeBasket(basket: readonly BasketItem[]): BasketItem[] {
  const quantities = new Map<number, number>();
  for (const { productId, quantity } of basket) {
    quantities.set(productId, (quantities.get(productId) ?? 0) + quantity);
  }
  return [...quantities]
    .map(([productId, quantity]) => ({ productId, quantity }))
    .sort((a, b) => a.productId - b.productId);
}

async function reserve(
  app: FastifyInstance,
  userId: number,
  basket: readonly BasketItem[],
): Promise<{ id: number; totalCents: number }> {
  const client = await app.pool.connect();
  try {
    await client.query('begin');
    const order = await writeOrder(client, userId, basket);
    await client.query('commit');
    return order;
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    client.release();
  }
}

async function writeOrder(
  client: PoolClient,
  userId: number,
  basket: readonly BasketItem[],
): Promise<{ id: number; totalCents: number }> {
  let totalCents = 0;
  const prices: number[] = [];
  for (const { productId, quantity } of basket) {
    const { rows } = await client.query<{ price: number }>(
      'update products set stock = stock - $2 where id = $1 and stock >= $2 returning price_cents as price',
      [productId, quantity],
    );
    const price = rows[0]?.price;
    if (price === undefined) {
      throw new HttpError(409, 'Not everything is in stock.', [
        { field: 'items', message: `product ${productId}` },
      ]);
    }
    prices.push(price);
    totalCents += price * quantity;
  }
  const { rows } = await client.query<{ id: number }>(
    `insert into orders (user_id, status, total_cents) values ($1, 'pending', $2) returning id`,
    [userId, totalCents],
  );
  const id = rows[0]?.id ?? 0;
  await client.query(
    `insert into order_items (order_id, product_id, quantity, price_cents)
     select $1, * from unnest($2::int[], $3::int[], $4::int[])`,
    [id, basket.map((item) => item.productId), basket.map((item) => item.quantity), prices],
  );
  return { id, totalCents };
}
