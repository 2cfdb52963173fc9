import { AsyncLocalStorage } from 'node:async_hooks';
import type { FastifyInstance } from 'fastify';
import type { Pool } from 'pg';
import { endpointOf } from './endpoint.ts';

const currentRoute = new AsyncLocalStorage<string>();

/** Remembers for whom the work of a request is done, through all that it awaits. */
export function rememberRoutes(app: FastifyInstance): void {
  app.addHook('onRequest', (request, _, done) => currentRoute.run(endpointOf(request), done));
}

/**
 * Adds to each statement which route it serves, as sqlcommenter does, so that the database's own statistics tell it. At
 * the pool, and not at its connections: who waits for one gets it in the context of whoever gave it back.
 */
export function traceStatements(pool: Pool): Pool {
  const query = pool.query.bind(pool) as (text: string, values?: unknown[]) => Promise<unknown>;
  const traced = (text: string, values?: unknown[]): Promise<unknown> => query(text + comment(), values);
  return Object.assign(pool, { query: traced });
}

function comment(): string {
  const route = currentRoute.getStore();
  return route === undefined ? '' : ` /*application='shop',route='${encodeURIComponent(route)}'*/`;
}
