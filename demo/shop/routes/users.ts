import type { FastifyInstance } from 'fastify';
import { caller } from '../access.ts';
import { HttpError, ok } from '../envelope.ts';
import { idParameter, page, pageParameters, success, user } from '../schemas.ts';
import { type User, USER_COLUMNS } from '../sessions.ts';
import { pageOf, type PageQuery } from './paging.ts';

export function userRoutes(app: FastifyInstance): void {
  app.get<{ Querystring: PageQuery }>(
    '/api/users',
    {
      config: { access: 'admin', summary: 'All accounts, oldest first' },
      schema: { querystring: pageParameters, response: { 200: success(page(user)) } },
    },
    async (request) =>
      ok(await pageOf<User>(app.pool, request.query, `select ${USER_COLUMNS} from users u order by u.id`)),
  );

  app.get(
    '/api/users/me',
    {
      config: { access: 'customer', summary: "The caller's account" },
      schema: { response: { 200: success(user) } },
    },
    async (request) => ok(caller(request)),
  );

  app.get<{ Params: { id: number } }>(
    '/api/users/:id',
    {
      config: { access: 'customer', summary: "One account: the caller's own, or any for administrators" },
      schema: { params: idParameter, response: { 200: success(user) } },
    },
    async (request) => {
      const { id, role } = caller(request);
      if (role !== 'admin' && id !== request.params.id) throw new HttpError(403, 'This is not your account.');
      const { rows } = await app.pool.query<User>(`select ${USER_COLUMNS} from users u where u.id = $1`, [
        request.params.id,
      ]);
      if (!rows[0]) throw new HttpError(404, 'There is no such account.');
      return ok(rows[0]);
    },
  );
}
