import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { installed, type RunningProgram } from '../../test-support/debian-program.ts';
import { RABBITMQ_SERVER, startRabbit } from '../../test-support/debian-servers.ts';
import { type LocalServer, serveTcp } from '../../test-support/servers.ts';
import { runWire } from '../../test-support/wire.ts';
import { longString, METHOD, methodFrame, shortString } from './amqp-frames.ts';
import { uint16 } from './byte-reader.ts';

const guest = { username: 'guest', password: 'guest' };

const hasRabbit = installed(RABBITMQ_SERVER);
describe.skipIf(!hasRabbit)(`RabbitMQ${hasRabbit ? '' : ' (rabbitmq-server is not installed)'}`, () => {
  let rabbit: RunningProgram;
  beforeAll(async () => {
    rabbit = await startRabbit();
  }, 120_000);
  afterAll(() => rabbit?.stop());

  it('without credentials is up by its greeting, and says what it is', async () => {
    const outcome = await runWire('amqp', rabbit.port);
    expect(outcome).toMatchObject({ success: true, facts: { product: 'RabbitMQ', authenticated: false } });
    expect(outcome.facts['version']).toMatch(/^\d+\.\d+/);
  });

  it('opens a virtual host with credentials, and leaves no word of trouble in its log', async () => {
    expect(await runWire('amqp', rabbit.port, guest)).toMatchObject({
      success: true,
      facts: { authenticated: true },
    });
    // Other connections of these tests end rudely, and may be logged later: only ours counts.
    const connection = await vi.waitFor(async () => {
      const [, id = ''] = /connection (<[\d.]+>) .*user 'guest' authenticated/.exec(await rabbit.log()) ?? [];
      expect(await rabbit.log()).toContain(`closing AMQP connection ${id}`);
      return id;
    }, 10_000);
    const ours = (await rabbit.log()).split('\n').filter((line) => line.includes(connection));
    expect(ours.filter((line) => /\[(?:warning|error)\]/.test(line))).toEqual([]);
  });

  it('a wrong password and an unknown virtual host are refused with its own words', async () => {
    const wrong = await runWire('amqp', rabbit.port, { username: 'guest', password: 'swordfish-17' });
    expect(wrong).toMatchObject({ success: false, cause: 'auth-failed' });
    expect(wrong.message).toContain('403');
    expect(wrong.message).not.toContain('swordfish-17');
    const elsewhere = await runWire('amqp', rabbit.port, { ...guest, database: '/nowhere' });
    expect(elsewhere).toMatchObject({ cause: 'auth-failed' });
    expect(elsewhere.message).toContain('/nowhere');
  });

  it('frozen, it accepts and does not answer', async () => {
    await rabbit.freeze();
    try {
      const outcome = await runWire('amqp', rabbit.port, { timeoutMs: 500 });
      expect(outcome).toMatchObject({ success: false, cause: 'no-response' });
    } finally {
      rabbit.thaw();
    }
  });
});

describe('what an AMQP server may say', () => {
  const open: LocalServer[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((server) => server.close()));
  });
  /** Each answer goes out for one thing the client sends. */
  async function speaking(...answers: readonly Uint8Array[]): Promise<number> {
    const server = await serveTcp((socket) => {
      const queue = [...answers];
      socket.on('data', () => {
        const next = queue.shift();
        if (next === undefined) socket.destroy();
        else socket.write(next);
      });
    });
    open.push(server);
    return server.port;
  }
  const start = (mechanisms: string): Buffer =>
    methodFrame(METHOD.start, Buffer.of(0, 9), longString(''), longString(mechanisms), longString('en_US'));
  const close = (code: number, text: string): Buffer =>
    methodFrame(METHOD.close, uint16(code), shortString(text), uint16(0), uint16(0));

  it('another version of the protocol is named', async () => {
    const outcome = await runWire('amqp', await speaking(Buffer.from('AMQP\x03\x01\x00\x00', 'latin1')));
    expect(outcome).toMatchObject({ cause: 'protocol-error' });
    expect(outcome.message).toContain('AMQP 1-0-0');
  });

  it.each([
    [320, 'not-ready'],
    [530, 'auth-failed'],
    [501, 'protocol-error'],
  ] as const)('closing with %i is %s', async (code, cause) => {
    const outcome = await runWire('amqp', await speaking(start('PLAIN'), close(code, 'so be it')), guest);
    expect(outcome).toMatchObject({ success: false, cause });
    expect(outcome.message).toContain(`${code} so be it`);
  });

  it('closing without a word at the credentials refuses them, and so does a server without PLAIN', async () => {
    expect(await runWire('amqp', await speaking(start('PLAIN')), guest)).toMatchObject({
      cause: 'auth-failed',
    });
    expect(await runWire('amqp', await speaking(start('EXTERNAL')), guest)).toMatchObject({
      cause: 'auth-failed',
    });
  });

  it('a table that reaches past its frame is a protocol error', async () => {
    const lying = methodFrame(METHOD.start, Buffer.of(0, 9, 0xff, 0xff, 0xff, 0xff));
    expect(await runWire('amqp', await speaking(lying))).toMatchObject({ cause: 'protocol-error' });
  });
});
