import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { systemClock } from '../../clock.ts';
import { serveTcp } from '../../test-support/servers.ts';
import { wirePlan } from '../../test-support/wire.ts';
import { startDeadline } from '../deadline.ts';
import { recordPhases } from '../phases.ts';
import { int32 } from './byte-reader.ts';
import { converse } from './conversation.ts';
import { postgres } from './postgres.ts';
import { message } from './postgres-messages.ts';

const PASSWORD = 'hunter2-hunter2';
const CLEARTEXT = message('R', int32(3));
const IN = Buffer.concat([message('R', int32(0)), message('Z', 'I')]);
const READY = message('Z', 'I');

/** A server without TLS that wants the password as it is; what it was told after that. */
async function login(isLocal: boolean): Promise<{ told: string; outcome: unknown }> {
  const answers = [Buffer.from('N'), CLEARTEXT, IN, READY];
  let told = '';
  const server = await serveTcp((socket) => {
    socket
      .on('error', () => undefined)
      .on('data', (got: Buffer) => {
        told += got.toString('latin1');
        socket.write(answers.shift() ?? '');
      });
  });
  const socket = connect(server.port, '127.0.0.1');
  await once(socket, 'connect');
  const deadline = startDeadline(systemClock, systemClock.monotonicMs() + 20_000);
  const wire = converse(socket, recordPhases(systemClock), deadline.signal);
  const plan = wirePlan('postgres', server.port, {
    username: 'shop',
    password: PASSWORD,
    encryption: 'starttls',
    tls: { verify: 'none', required: false },
  });
  const startTls = (): Promise<void> => Promise.reject(new Error('nobody offered TLS'));
  try {
    const outcome = await postgres(wire, plan, { startTls, isLocal, random: () => 0.5 }).catch(
      (error: unknown) => error,
    );
    return { told, outcome };
  } finally {
    deadline.stop();
    wire.end();
    await server.close();
  }
}

it('does not show a password on the way when TLS was asked for and refused', async () => {
  const { told, outcome } = await login(false);
  expect(outcome).toMatchObject({ probeCause: 'tls-failed' });
  expect(told).toContain('shop');
  expect(told).not.toContain(PASSWORD);
});

it('shows it to this machine, where nobody reads on the way', async () => {
  const { told, outcome } = await login(true);
  expect(outcome).toMatchObject({ authenticated: true });
  expect(told).toContain(PASSWORD);
});
