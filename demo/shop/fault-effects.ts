import { once } from 'node:events';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { FAULTS, type FaultName } from '../faults.ts';
import { endpointOf } from './endpoint.ts';
import { HttpError } from './envelope.ts';
import { caller } from './access.ts';
import { plantErrorFaults } from './error-effects.ts';
import { plantLoadFaults } from './load-effects.ts';
import { plantQueryFaults } from './query-faults.ts';
import { tenantOf } from './tenants.ts';

const SLOW_ENDPOINT_SECONDS = 0.35;
/** That of the monitor's own account, too. */
const TENANT_WITHOUT_LEVELS = tenantOf(1);
const ERROR_SHARE = 0.3;
const FLAP_MS = 2_000;
const SLOWER_RELEASE_SHARE = 0.6;

type Effect = (app: FastifyInstance, request: FastifyRequest, reply: FastifyReply) => Promise<void>;

/** Faults that happen before anybody knows who calls. */
const ON_REQUEST: Partial<Record<FaultName, Effect>> = {
  async hang(app, request) {
    const { socket } = request.raw;
    const closed = once(socket, 'close');
    while (app.faults.isOn('hang') && !socket.destroyed) await Promise.race([app.faults.changed(), closed]);
  },
  async flapping() {
    if (Math.floor(Date.now() / FLAP_MS) % 2 === 1)
      throw new HttpError(503, 'The session service is restarting.');
  },
};

/** Faults of the work itself, for callers who were let in. */
const BEFORE_HANDLER: Partial<Record<FaultName, Effect>> = {
  async 'slow-endpoint'(app) {
    await app.pool.query('select pg_sleep($1)', [SLOW_ENDPOINT_SECONDS]);
  },
  async 'error-burst'(_, request) {
    const hasNoLevels = tenantOf(caller(request).id) === TENANT_WITHOUT_LEVELS;
    if (hasNoLevels && Math.random() < ERROR_SHARE) applyLoyaltyDiscount(undefined);
  },
};

/** Faults that depend on how long the work took. */
const AFTER_HANDLER: Partial<Record<FaultName, Effect>> = {
  async 'slow-after-deploy'(app, _, reply) {
    if (!app.release.isFirst()) {
      await app.pool.query('select pg_sleep($1)', [(reply.elapsedTime * SLOWER_RELEASE_SHARE) / 1_000]);
    }
  },
};

/** Lets the faults that are on take effect at their endpoints; the routes themselves know nothing of them. */
export function plantFaults(app: FastifyInstance, databaseUrl: string): void {
  app.addHook('onRequest', (request, reply) => apply(ON_REQUEST, app, request, reply));
  app.addHook('preHandler', (request, reply) => apply(BEFORE_HANDLER, app, request, reply));
  app.addHook('onSend', (request, reply) => apply(AFTER_HANDLER, app, request, reply));
  plantQueryFaults(app);
  plantLoadFaults(app, databaseUrl);
  plantErrorFaults(app, databaseUrl);
}

async function apply(
  effects: Partial<Record<FaultName, Effect>>,
  app: FastifyInstance,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const endpoint = endpointOf(request);
  for (const [name, effect] of Object.entries(effects) as [FaultName, Effect][]) {
    if (app.faults.isOn(name) && FAULTS[name].endpoint === endpoint) await effect(app, request, reply);
  }
}

/** What a hurried change leaves behind: nobody thought of customers without an account level. */
function applyLoyaltyDiscount(level: { percent: number } | undefined): number {
  return (level as { percent: number }).percent;
}
