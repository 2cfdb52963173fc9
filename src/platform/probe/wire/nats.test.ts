import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { installed, type RunningProgram, startProgram } from '../../test-support/debian-program.ts';
import { startNats } from '../../test-support/debian-servers.ts';
import { createLocalAuthority } from '../../test-support/local-ca.ts';
import { type LocalServer, serveTcp } from '../../test-support/servers.ts';
import { runWire } from '../../test-support/wire.ts';

const running: RunningProgram[] = [];
const open: LocalServer[] = [];
afterEach(async () => {
  await Promise.all([
    ...running.splice(0).map((server) => server.stop()),
    ...open.splice(0).map((server) => server.close()),
  ]);
});
async function started(starting: Promise<RunningProgram>): Promise<RunningProgram> {
  const server = await starting;
  running.push(server);
  return server;
}

const hasNats = installed('nats-server');
describe.skipIf(!hasNats)(`nats-server${hasNats ? '' : ' (not installed)'}`, () => {
  it('answers PING, and says what it is', async () => {
    const { port } = await started(startNats());
    const outcome = await runWire('nats', port);
    expect(outcome).toMatchObject({
      success: true,
      facts: { jetstream: false, authRequired: false, tlsRequired: false },
    });
    expect(outcome.facts['version']).toMatch(/^\d+\.\d+/);
  });

  it('that wants credentials is up without them, and tells right from wrong', async () => {
    const { port } = await started(startNats({ args: ['--user', 'ada', '--pass', 'lovelace'] }));
    expect(await runWire('nats', port)).toMatchObject({
      success: true,
      facts: { authRequired: true, authenticated: false },
    });
    const known = { username: 'ada', password: 'lovelace' };
    expect(await runWire('nats', port, known)).toMatchObject({
      success: true,
      facts: { authenticated: true },
    });
    expect(await runWire('nats', port, { ...known, password: 'byron' })).toMatchObject({
      cause: 'auth-failed',
      message: 'Authorization Violation',
    });
  });

  it('takes a password alone for a token', async () => {
    const { port } = await started(startNats({ args: ['--auth', 'tok-5f2'] }));
    expect((await runWire('nats', port, { password: 'tok-5f2' })).success).toBe(true);
    expect((await runWire('nats', port, { password: 'other' })).cause).toBe('auth-failed');
  });

  it('with TLS is spoken to after its own INFO; in plain text the message says what is missing', async () => {
    const authority = await createLocalAuthority();
    const { certPem, keyPem } = await authority.issue();
    const { port } = await started(
      startProgram({
        program: 'nats-server',
        prepare: async ({ directory }) => {
          await writeFile(join(directory, 'cert.pem'), certPem);
          await writeFile(join(directory, 'key.pem'), keyPem);
        },
        args: ({ port, directory }) => [
          '--addr=127.0.0.1',
          `--port=${port}`,
          '--tls',
          `--tlscert=${directory}/cert.pem`,
          `--tlskey=${directory}/key.pem`,
        ],
      }),
    );
    const secure = await runWire('nats', port, { encryption: 'starttls', tls: { ca: authority.certPem } });
    expect(secure).toMatchObject({ success: true, facts: { tlsRequired: true } });
    expect(secure.hops[0]?.tls?.problems).toEqual([]);
    const plain = await runWire('nats', port);
    expect(plain).toMatchObject({ success: false, cause: 'protocol-error' });
    expect(plain.message).toContain('starttls');
    expect(await runWire('nats', port, { encryption: 'starttls' })).toMatchObject({ cause: 'tls-failed' });
  });

  it('frozen, it accepts and does not answer', async () => {
    const server = await started(startNats());
    await server.freeze();
    const outcome = await runWire('nats', server.port, { timeoutMs: 500 });
    expect(outcome).toMatchObject({ success: false, cause: 'no-response' });
  });
});

describe('what a NATS server may say', () => {
  async function greeting(...lines: readonly string[]): Promise<number> {
    const server = await serveTcp((socket) => {
      socket.write(`${lines[0]}\r\n`);
      socket.once('data', () =>
        socket.write(
          lines
            .slice(1)
            .map((line) => `${line}\r\n`)
            .join(''),
        ),
      );
    });
    open.push(server);
    return server.port;
  }

  it.each([
    ['maximum connections exceeded', 'not-ready'],
    ['Server Shutdown', 'not-ready'],
    ['Authentication Timeout', 'auth-failed'],
    ['Unknown Protocol Operation', 'protocol-error'],
  ] as const)('%s is %s', async (words, cause) => {
    const outcome = await runWire('nats', await greeting('INFO {}', `-ERR '${words}'`));
    expect(outcome).toMatchObject({ success: false, cause, message: words });
  });

  it('lame-duck mode is not ready; lines between are passed over', async () => {
    expect(await runWire('nats', await greeting('INFO {"ldm":true}'))).toMatchObject({
      cause: 'not-ready',
    });
    const chatty = await greeting('INFO {"version":"9"}', '+OK', 'PING', 'INFO {}', 'PONG');
    expect(await runWire('nats', chatty)).toMatchObject({ success: true, facts: { version: '9' } });
  });

  it.each(['INFO [1]', 'INFO {"a":', 'INFO null'])('%s is no INFO', async (line) => {
    expect(await runWire('nats', await greeting(line))).toMatchObject({ cause: 'protocol-error' });
  });

  it('lines without end are a protocol error', async () => {
    const port = await greeting('INFO {}', ...Array.from({ length: 100 }, () => '+OK'));
    expect(await runWire('nats', port)).toMatchObject({ cause: 'protocol-error' });
  });
});
