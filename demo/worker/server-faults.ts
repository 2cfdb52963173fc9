import type { ServerFaultName } from '../database-faults.ts';
import type { Hands } from './hands.ts';

/**
 * One fault of the database: what makes it, and what takes it back. `heal` must do no harm where there is nothing to
 * heal: it also cleans up behind a demo that was killed.
 */
export interface ServerFault {
  plant(hands: Hands): Promise<void>;
  heal?: readonly string[];
}

const LEAKED_CONNECTIONS = 55;
const LEAK_EVERY_MS = 500;
const REPORT_EVERY_MS = 1_500;
const PICTURE_EVERY_MS = 5;
const PICTURES = 80_000;
const MONTHS_OF_REPORT = `
  select p.category, date_trunc('month', o.created_at) as month, sum(i.quantity * i.price_cents) as revenue
  from order_items i join orders o on o.id = i.order_id join products p on p.id = i.product_id
  group by p.category, month order by month, p.category`;
/** Seldom in anybody's basket, so that few customers wait with the workers. */
const LOCK_PRODUCT = 'update products set stock = stock where id = (select max(id) from products)';

const pricesOf = (days: number): string =>
  `insert into price_history select id, price_cents, current_date - day from products, generate_series(1, ${days}) day`;

export const SERVER_FAULTS: Readonly<Record<ServerFaultName, ServerFault>> = {
  'missing-index': {
    plant: ({ run }) => run('drop index if exists orders_user_id_created_at'),
    heal: ['create index if not exists orders_user_id_created_at on orders (user_id, created_at desc)'],
  },
  'lock-chain': {
    async plant({ connect, leave }) {
      const holder = await connect();
      await holder.query('begin');
      await holder.query(LOCK_PRODUCT);
      for (let waiting = 0; waiting < 2; waiting += 1) {
        const waiter = await connect();
        leave(waiter.query(LOCK_PRODUCT));
      }
    },
  },
  'idle-in-transaction': {
    async plant({ connect }) {
      const forgetful = await connect();
      await forgetful.query('begin');
      await forgetful.query('select count(*) from products');
    },
  },
  'connection-leak': {
    async plant({ connect, every }) {
      let leaked = 0;
      every(LEAK_EVERY_MS, async () => {
        if (leaked >= LEAKED_CONNECTIONS) return;
        leaked += 1;
        const client = await connect();
        await client.query('select 1');
      });
    },
  },
  'stale-statistics': {
    async plant({ run }) {
      await run(
        'create table price_history (product_id integer not null, price_cents integer not null, day date not null) with (autovacuum_enabled = off)',
      );
      await run(pricesOf(1));
      await run('create index price_history_product_id on price_history (product_id, day)');
      await run('analyze price_history');
      await run(pricesOf(40));
    },
    heal: ['drop table if exists price_history'],
  },
  bloat: {
    async plant({ run }) {
      await run(`insert into audit_log (action, detail)
        select 'imported', repeat(md5(n::text), 6) from generate_series(1, 80000) n`);
      await run("delete from audit_log where action = 'imported' and id % 10 > 0");
      await run('vacuum (analyze) audit_log');
    },
    heal: ["delete from audit_log where action = 'imported'", 'vacuum (full, analyze) audit_log'],
  },
  'sequence-overflow': {
    plant: ({ run }) => run('alter table audit_log alter column id restart with 1950000000'),
    heal: [
      // The counter first: what the shop writes in between must not bring the high numbers back.
      `select setval(pg_get_serial_sequence('audit_log', 'id'),
        (select coalesce(max(id), 0) + 1 from audit_log where id < 1950000000))`,
      'delete from audit_log where id >= 1950000000',
    ],
  },
  'unused-index': {
    plant: ({ run }) =>
      run('create index if not exists order_items_price_cents on order_items (price_cents)'),
    heal: ['drop index if exists order_items_price_cents'],
  },
  'duplicate-index': {
    plant: ({ run }) => run('create index if not exists order_items_of_product on order_items (product_id)'),
    heal: ['drop index if exists order_items_of_product'],
  },
  'cache-miss': {
    async plant({ run, connect, every }) {
      // Just under the size from which values are compressed and moved out of line: four rows a page.
      await run('create unlogged table product_media (id integer primary key, picture text not null)');
      await run(
        `insert into product_media select n, repeat(md5(n::text), 58) from generate_series(1, ${PICTURES}) n`,
      );
      await run('vacuum (analyze) product_media');
      const reader = await connect();
      every(PICTURE_EVERY_MS, async () => {
        await reader.query('select picture from product_media where id = $1', [
          1 + Math.floor(Math.random() * PICTURES),
        ]);
      });
    },
    heal: ['drop table if exists product_media'],
  },
  'slow-report': {
    async plant({ connect, every }) {
      const reporter = await connect();
      every(REPORT_EVERY_MS, async () => void (await reporter.query(MONTHS_OF_REPORT)));
    },
  },
};
