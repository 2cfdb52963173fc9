import type { FastifyInstance, FastifyRequest } from 'fastify';
import { HttpError } from './envelope.ts';
import { findSession, type User } from './sessions.ts';
import { tenantOf } from './tenants.ts';

/** Who may call a route; the OpenAPI document says the same. */
export type Access = 'anyone' | 'customer' | 'admin';

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access;
    summary?: string;
  }
  interface FastifyRequest {
    user: User | null;
  }
}

/** Finds out who calls, before any handler runs; a route that does not say who may call it is for administrators. */
export function guardRoutes(app: FastifyInstance): void {
  app.decorateRequest('user', null);
  app.addHook('preValidation', async (request) => {
    const token = bearerToken(request);
    request.user = token === undefined ? null : await findSession(app.pool, token);
    if (request.user !== null) {
      const { id: userId } = request.user;
      request.log = request.log.child({ userId, tenant: tenantOf(userId) });
    }
    // A path that does not exist is nobody's secret.
    if (request.is404) return;
    const access = request.routeOptions.config.access ?? 'admin';
    if (access === 'anyone') return;
    if (!request.user) throw new HttpError(401, 'Log in first.');
    if (access === 'admin' && request.user.role !== 'admin')
      throw new HttpError(403, 'For administrators only.');
  });
}

export function bearerToken(request: FastifyRequest): string | undefined {
  return /^Bearer ([\w-]+)$/.exec(request.headers.authorization ?? '')?.[1];
}

/** The caller of a route that is not for anyone. */
export function caller(request: FastifyRequest): User {
  if (!request.user) throw new HttpError(401, 'Log in first.');
  return request.user;
}
