import type { FastifyInstance } from 'fastify';
import { ok } from '../envelope.ts';
import { object, string, success } from '../schemas.ts';

export function healthRoutes(app: FastifyInstance): void {
  app.get(
    '/healthz',
    {
      config: { access: 'anyone', summary: 'Whether the shop and its database work' },
      schema: { response: { 200: success(object({ status: string, release: string })) } },
    },
    async () => {
      await app.pool.query('select 1');
      return ok({ status: 'up', release: app.release.current() });
    },
  );
}
