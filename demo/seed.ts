import type { Client } from 'pg';
import { bulkLoad } from './bulk-load.ts';
import { hashPassword } from './shop/passwords.ts';

/** An administrator without a usable password; it has the id 1 and orders of its own. */
export const MONITOR_EMAIL = 'monitor@shop.example';

const TABLES = ['users', 'products', 'orders', 'order_items', 'audit_log'];

/** All seeded customers `shopper<n>@shop.example` share it; the demo listens on loopback only. */
export const SHOPPER_PASSWORD = 'window-shopping';

/** Rows at scale 1: enough that a bad plan hurts. */
export function sizes(scale: number): { users: number; products: number; orders: number } {
  const scaled = (count: number): number => Math.max(60, Math.round(count * scale));
  return { users: scaled(20_000), products: scaled(2_000), orders: scaled(120_000) };
}

/** Fills the shop by a few set-based statements; random, but the same every time except for the dates. */
export async function seed(client: Client, scale: number): Promise<void> {
  const { users, products, orders } = sizes(scale);
  const passwordHash = await hashPassword(SHOPPER_PASSWORD);
  await client.query('begin');
  await client.query('select setseed(0.42)');
  await bulkLoad(client, TABLES, async () => {
    await addUsersAndProducts(client, { users, products }, passwordHash);
    await addOrders(client, { users, products, orders });
    await addAuditLog(client);
  });
  await client.query('commit');
  // A healthy shop starts with statistics and a visibility map.
  await client.query(`vacuum (analyze) ${TABLES.join(', ')}`);
}

async function addUsersAndProducts(
  client: Client,
  { users, products }: { users: number; products: number },
  passwordHash: string,
): Promise<void> {
  await client.query(
    `insert into users (email, name, role, password_hash) values ($1, 'Monitor', 'admin', 'none')`,
    [MONITOR_EMAIL],
  );
  await client.query(
    `insert into users (email, name, password_hash, created_at)
     select 'shopper' || n || '@shop.example', 'Shopper ' || n, $2, now() - random() * interval '700 days'
     from generate_series(1, $1::int) n`,
    [users, passwordHash],
  );
  await client.query(
    `insert into products (name, description, category, price_cents, stock, created_at)
     select style || ' ' || kind || ' ' || n,
            'A ' || lower(style) || ' ' || kind || ', made to last and easy to repair. ' || repeat('Built with care. ', 8),
            (array['home', 'garden', 'office', 'kitchen', 'travel'])[1 + n % 5],
            500 + (random() * 20000)::int, 100000, now() - random() * interval '700 days'
     from (select n, (array['Oak', 'Steel', 'Linen', 'Copper', 'Cork', 'Glass', 'Wool'])[1 + n % 7] as style,
                  (array['lamp', 'desk', 'chair', 'kettle', 'bag', 'shelf', 'clock', 'rug', 'vase'])[1 + n % 9] as kind
           from generate_series(1, $1::int) n) named`,
    [products],
  );
}

async function addOrders(
  client: Client,
  { users, products, orders }: { users: number; products: number; orders: number },
): Promise<void> {
  // One to four items each, 2.5 on average; the step keeps the products of one order apart.
  await client.query(
    `create temporary table baskets on commit drop as
     select n as order_id, p.id as product_id, 1 + (n + k) % 3 as quantity, p.price_cents
     from generate_series(1, $1::int) n
     cross join lateral generate_series(0, n % 4) k
     join products p on p.id = 1 + (n * 7919::bigint + k * 13) % $2::int`,
    [orders, products],
  );
  await client.query(
    `insert into orders (user_id, status, total_cents, payment_reference, created_at)
     select 1 + (random() * ($2::int - 1))::int,
            (array['paid', 'shipped', 'shipped', 'shipped'])[1 + order_id % 4],
            sum(quantity * price_cents), 'seed-' || order_id,
            now() - interval '365 days' * (1 - order_id::float8 / $1::int)
     from baskets group by order_id order by order_id`,
    [orders, users],
  );
  await client.query(
    `insert into order_items (order_id, product_id, quantity, price_cents)
     select order_id, product_id, quantity, price_cents from baskets order by order_id, product_id`,
  );
}

async function addAuditLog(client: Client): Promise<void> {
  await client.query(
    `insert into audit_log (user_id, action, created_at) select id, 'signed up', created_at from users where id % 10 = 0`,
  );
}
