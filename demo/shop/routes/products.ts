import type { FastifyInstance } from 'fastify';
import { HttpError, ok } from '../envelope.ts';
import {
  idParameter,
  list,
  listedProduct,
  object,
  page,
  pageParameters,
  product,
  success,
} from '../schemas.ts';
import { pageOf, type PageQuery } from './paging.ts';

interface Product {
  id: number;
  name: string;
  description: string;
  category: string;
  priceCents: number;
  stock: number;
}

const COLUMNS = 'p.id, p.name, p.description, p.category, p.price_cents as "priceCents", p.stock';
const CANDIDATES = 60;
const RESULTS = 20;
/** How old the price and stock on a product page may be; the checkout looks again. */
const PAGE_LIFE_SECONDS = 10;

export function productRoutes(app: FastifyInstance): void {
  app.get<{ Querystring: PageQuery }>(
    '/api/products',
    {
      config: {
        access: 'anyone',
        summary: 'The catalogue, with how often each product sold and when it arrives',
      },
      schema: { querystring: pageParameters, response: { 200: success(page(listedProduct)) } },
    },
    async (request) => {
      const found = await pageOf<{ id: number }>(
        app.pool,
        request.query,
        `select p.id, p.name, p.category, p.price_cents as "priceCents",
                (select coalesce(sum(i.quantity), 0)::int from order_items i where i.product_id = p.id) as sold
         from products p order by p.id`,
      );
      const days = await app.partners.deliveryDays(found.items.map((item) => item.id));
      const items = found.items.map((item) => ({ ...item, deliveryDays: days[item.id] ?? null }));
      return ok({ ...found, items });
    },
  );

  app.get<{ Params: { id: number } }>(
    '/api/products/:id',
    {
      config: { access: 'anyone', summary: 'One product' },
      schema: { params: idParameter, response: { 200: success(product) } },
    },
    async (request) => {
      const key = `product:${request.params.id}`;
      const known = await app.cache.get(key);
      if (known !== null) return ok(JSON.parse(known) as Product);
      const { rows } = await app.pool.query<Product>(`select ${COLUMNS} from products p where p.id = $1`, [
        request.params.id,
      ]);
      if (!rows[0]) throw new HttpError(404, 'There is no such product.');
      app.cache.set(key, JSON.stringify(rows[0]), PAGE_LIFE_SECONDS);
      return ok(rows[0]);
    },
  );

  app.get<{ Querystring: { q: string } }>(
    '/api/search',
    {
      config: { access: 'anyone', summary: 'Products by a part of their name, best first' },
      schema: {
        querystring: object({ q: { type: 'string', minLength: 1, maxLength: 100, examples: ['lamp'] } }),
        response: { 200: success(object({ items: list(product) })) },
      },
    },
    async (request) => {
      const { rows } = await app.pool.query<Product>(
        `select ${COLUMNS} from products p
         where p.name ilike $1 order by p.id limit $2`,
        [`%${request.query.q.replaceAll(/[\\%_]/g, '\\$&')}%`, CANDIDATES],
      );
      const byId = new Map(rows.map((row) => [row.id, row]));
      const ranked = await app.partners.rank(request.query.q, [...byId.keys()]);
      return ok({ items: ranked.flatMap((id) => byId.get(id) ?? []).slice(0, RESULTS) });
    },
  );
}
