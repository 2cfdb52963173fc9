import type { FastifyInstance } from 'fastify';
import { bearerToken } from '../access.ts';
import { HttpError, ok } from '../envelope.ts';
import { hashPassword, verifyPassword } from '../passwords.ts';
import { object, session, string, success, user } from '../schemas.ts';
import { closeSession, openSession, type User, USER_COLUMNS } from '../sessions.ts';

const email = { type: 'string', format: 'email', maxLength: 200 };
const password = { type: 'string', minLength: 8, maxLength: 200 };
const name = { type: 'string', minLength: 1, maxLength: 100 };

export function authRoutes(app: FastifyInstance): void {
  app.get(
    '/api/auth',
    {
      config: { access: 'anyone', summary: 'Whether the caller is logged in' },
      schema: {
        response: {
          200: success(
            object({ authenticated: { type: 'boolean' }, user: { anyOf: [user, { type: 'null' }] } }),
          ),
        },
      },
    },
    async (request) => ok({ authenticated: request.user !== null, user: request.user }),
  );

  app.post<{ Body: { email: string; name: string; password: string } }>(
    '/api/auth/signup',
    {
      config: { access: 'anyone', summary: 'Open an account and log in' },
      schema: { body: object({ email, name, password }), response: { 201: success(session) } },
    },
    async (request, reply) => {
      const { rows } = await app.pool.query<User>(
        `insert into users as u (email, name, password_hash) values (lower($1), $2, $3)
         on conflict (email) do nothing returning ${USER_COLUMNS}`,
        [request.body.email, request.body.name, await hashPassword(request.body.password)],
      );
      const [created] = rows;
      if (!created) {
        throw new HttpError(409, 'There is an account with this address.', [
          { field: 'email', message: 'is taken' },
        ]);
      }
      await audit(app, created.id, 'signed up');
      request.log.info({ userId: created.id }, 'signed up');
      reply.code(201);
      return ok({ ...(await openSession(app.pool, created.id)), user: created });
    },
  );

  app.post<{ Body: { email: string; password: string } }>(
    '/api/auth/login',
    {
      config: { access: 'anyone', summary: 'Log in' },
      schema: {
        body: object({ email, password: { type: 'string', maxLength: 200 } }),
        response: { 200: success(session) },
      },
    },
    async (request) => {
      const { rows } = await app.pool.query<User & { passwordHash: string }>(
        `select ${USER_COLUMNS}, u.password_hash as "passwordHash" from users u where u.email = lower($1)`,
        [request.body.email],
      );
      const [found] = rows;
      if (!found || !(await verifyPassword(request.body.password, found.passwordHash))) {
        request.log.warn('login refused');
        throw new HttpError(401, 'Address or password is wrong.');
      }
      await audit(app, found.id, 'logged in');
      request.log.info({ userId: found.id }, 'logged in');
      return ok({ ...(await openSession(app.pool, found.id)), user: found });
    },
  );

  app.post(
    '/api/auth/logout',
    {
      config: { access: 'customer', summary: 'End the session' },
      schema: { response: { 200: success(object({ status: string })) } },
    },
    async (request) => {
      await closeSession(app.pool, bearerToken(request) ?? '');
      request.log.info('logged out');
      return ok({ status: 'logged out' });
    },
  );
}

async function audit(app: FastifyInstance, userId: number, action: string): Promise<void> {
  await app.pool.query('insert into audit_log (user_id, action) values ($1, $2)', [userId, action]);
}
