import Fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  LogController,
} from 'fastify';
import { Pool } from 'pg';
import { guardRoutes } from './access.ts';
import { type Cache, createCache } from './cache.ts';
import { failure, HttpError } from './envelope.ts';
import { plantFaults } from './fault-effects.ts';
import { createFaultState, type FaultState } from './fault-state.ts';
import { createShopLog } from './log.ts';
import { describeRoutes } from './openapi.ts';
import { createPartners, type Partners } from './partners.ts';
import { createRelease, type Release } from './release.ts';
import { adminRoutes } from './routes/admin.ts';
import { authRoutes } from './routes/auth.ts';
import { healthRoutes } from './routes/health.ts';
import { orderRoutes } from './routes/orders.ts';
import { productRoutes } from './routes/products.ts';
import { userRoutes } from './routes/users.ts';
import type { ShopSettings } from './settings.ts';
import { rememberRoutes, traceStatements } from './traced-pool.ts';

declare module 'fastify' {
  interface FastifyInstance {
    pool: Pool;
    partners: Partners;
    cache: Cache;
    faults: FaultState;
    release: Release;
  }
}

const POOL_SIZE = 12;

/** The shop, ready to be given requests; it listens nowhere by itself. */
export async function buildShop(
  settings: Pick<ShopSettings, 'databaseUrl' | 'partners' | 'authority' | 'release' | 'logPath'>,
): Promise<FastifyInstance> {
  const log: FastifyBaseLogger = createShopLog(settings.logPath);
  const app = Fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
  });
  const pool = new Pool({
    connectionString: settings.databaseUrl,
    max: POOL_SIZE,
    application_name: 'shop',
    statement_timeout: 10_000,
  });
  pool.on('error', (error) => log.error({ err: error }, 'a pooled connection failed'));
  app.decorate('pool', traceStatements(pool));
  rememberRoutes(app);
  app.decorate('partners', createPartners(settings.partners, settings.authority));
  app.decorate('cache', createCache(settings.partners.cache));
  app.decorate('faults', createFaultState());
  app.decorate('release', createRelease(settings.release));
  app.addHook('onClose', async () => {
    app.cache.close();
    await pool.end();
  });
  app.addHook('onRequest', async (request, reply) => {
    // Lets a caller find their request in the log.
    reply.header('x-request-id', request.id);
    request.log = request.log.child({
      release: app.release.current(),
      route: request.routeOptions.url ?? null,
    });
  });
  app.addHook('onResponse', async (request, reply) => {
    request.log.info({
      msg: 'request',
      method: request.method,
      status: reply.statusCode,
      durationMs: Math.round(reply.elapsedTime * 10) / 10,
    });
  });
  answerFailures(app);
  describeRoutes(app);
  plantFaults(app, settings.databaseUrl);
  guardRoutes(app);
  for (const routes of [healthRoutes, authRoutes, userRoutes, productRoutes, orderRoutes, adminRoutes])
    routes(app);
  await app.ready();
  return app;
}

function answerFailures(app: FastifyInstance): void {
  app.setNotFoundHandler(async (_, reply) => reply.code(404).send(failure('There is nothing here.')));
  app.setErrorHandler(async (error: FastifyError | HttpError, request, reply) => {
    if (error instanceof HttpError)
      return reply.code(error.statusCode).send(failure(error.message, error.errors));
    if ('validation' in error && error.validation) {
      const place = error.validationContext ?? 'request';
      const errors = error.validation.map(({ instancePath, message }) => ({
        field: instancePath.slice(1) || place,
        message: message ?? 'is not valid',
      }));
      return reply.code(400).send(failure('The request is not valid.', errors));
    }
    const status = 'statusCode' in error ? (error.statusCode ?? 500) : 500;
    if (status < 500) return reply.code(status).send(failure(error.message));
    request.log.error({ err: error }, 'request failed');
    return reply.code(500).send(failure('Something went wrong on our side.'));
  });
}
