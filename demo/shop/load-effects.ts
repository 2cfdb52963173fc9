import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Pool } from 'pg';
import type { LoadFaultName } from '../load-faults.ts';
import { endpointOf } from './endpoint.ts';
import { HttpError, ok } from './envelope.ts';
import { hashPassword } from './passwords.ts';
import { openSession, type User, USER_COLUMNS } from './sessions.ts';

const NARROW_POOL = 2;
const HELD_SECONDS = 0.12;
const LOCKED_SECONDS = 0.05;
const LEAKED_BYTES = 131_072;
const STALL_EVERY_MS = 1_200;
const STALL_MS = 400;

type Effect = (request: FastifyRequest, reply: FastifyReply) => Promise<void>;

/** Lets the faults that need many callers take effect; connections of their own keep other routes out of it. */
export function plantLoadFaults(app: FastifyInstance, databaseUrl: string): void {
  const narrow = new Pool({ connectionString: databaseUrl, max: NARROW_POOL, application_name: 'shop' });
  const convoy = new Pool({ connectionString: databaseUrl, max: 12, application_name: 'shop' });
  for (const pool of [narrow, convoy])
    pool.on('error', (error) => app.log.error({ err: error }, 'a pooled connection failed'));
  const answers: Buffer[] = [];

  const effects: Partial<Record<LoadFaultName, { endpoint: string; run: Effect }>> = {
    'pool-too-small': {
      endpoint: 'GET /api/users',
      run: async () => void (await narrow.query('select pg_sleep($1)', [HELD_SECONDS])),
    },
    'lock-convoy': { endpoint: 'GET /api/users/me', run: () => touchSettings(convoy) },
    'memory-leak': {
      endpoint: 'GET /api/admin/orders',
      run: async () => void answers.push(Buffer.alloc(LEAKED_BYTES, 'an order of the shop ')),
    },
    'duplicate-key-race': {
      endpoint: 'POST /api/auth/signup',
      run: (request, reply) => signUpCarelessly(app, request, reply),
    },
  };

  app.addHook('preHandler', async (request, reply) => {
    const endpoint = endpointOf(request);
    for (const [name, effect] of Object.entries(effects)) {
      if (effect.endpoint === endpoint && app.faults.isOn(name as LoadFaultName))
        await effect.run(request, reply);
    }
  });
  app.addHook('onSend', async (_, reply) => {
    if (app.faults.isOn('no-keep-alive')) reply.header('connection', 'close');
  });

  const stalls = setInterval(() => {
    if (app.faults.isOn('stall')) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, STALL_MS);
    if (!app.faults.isOn('memory-leak')) answers.length = 0;
  }, STALL_EVERY_MS).unref();
  app.addHook('onClose', async () => {
    clearInterval(stalls);
    await Promise.all([narrow.end(), convoy.end()]);
  });
}

/** One row that everybody writes: whoever comes next waits for the end of the transaction before. */
async function touchSettings(pool: Pool): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    await client.query('select u.id from users u where u.id = 1 for no key update');
    await client.query('select pg_sleep($1)', [LOCKED_SECONDS]);
    await client.query('commit');
  } finally {
    client.release();
  }
}

/** What sign-up looks like to whoever tries it alone: right. Between its two statements there is room for another one. */
async function signUpCarelessly(
  app: FastifyInstance,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const { email, name, password } = request.body as { email: string; name: string; password: string };
  const taken = await app.pool.query('select u.id from users u where u.email = lower($1)', [email]);
  if (taken.rows.length > 0) {
    throw new HttpError(409, 'There is an account with this address.', [
      { field: 'email', message: 'is taken' },
    ]);
  }
  const { rows } = await app.pool.query<User>(
    `insert into users as u (email, name, password_hash) values (lower($1), $2, $3) returning ${USER_COLUMNS}`,
    [email, name, await hashPassword(password)],
  );
  const [created] = rows;
  if (!created) throw new HttpError(500, 'The account was not made.');
  await reply.code(201).send(ok({ ...(await openSession(app.pool, created.id)), user: created }));
}
