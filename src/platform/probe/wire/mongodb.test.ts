import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type LocalServer, serveTcp } from '../../test-support/servers.ts';
import { runWire } from '../../test-support/wire.ts';
import type { ProbeOutcome } from '../types.ts';
import { decodeBson, encodeBson, int32LE } from './bson.ts';

type Answer = Readonly<Record<string, string | number | boolean>>;

const open: LocalServer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

/** A server that speaks OP_MSG as "MongoDB Wire Protocol" lays it out; `checksum` puts one behind, as a server may. */
async function probe(
  reply: (command: string) => Answer,
  { checksum = false, cut = 0 } = {},
): Promise<ProbeOutcome> {
  const server = await serveTcp((socket: Socket) => {
    socket.on('data', (got: Buffer) => {
      expect([got.readInt32LE(0), got.readInt32LE(12)]).toEqual([got.length, 2013]);
      const asked = decodeBson(got.subarray(21));
      expect(asked['$db']).toBe('admin');
      const body = encodeBson(reply(Object.keys(asked)[0] ?? ''));
      const rest = Buffer.concat([
        int32LE(checksum ? 1 : 0),
        Buffer.from([0]),
        body,
        Buffer.alloc(checksum ? 4 : 0),
      ]);
      const head = [16 + rest.length, 77, got.readInt32LE(4), 2013].map(int32LE);
      const message = Buffer.concat([...head, rest]);
      if (cut > 0) socket.end(message.subarray(0, -cut));
      else socket.write(message);
    });
  });
  open.push(server);
  return runWire('mongodb', server.port);
}

const member = { ok: 1, setName: 'rs0', maxWireVersion: 25, isWritablePrimary: false, secondary: false };

describe('MongoDB', () => {
  it.each([
    ['standalone', { ok: 1, maxWireVersion: 21, isWritablePrimary: true }],
    ['primary', { ...member, isWritablePrimary: true, primary: 'db1.test:27017' }],
    ['secondary', { ...member, secondary: true }],
    ['arbiter', { ...member, arbiterOnly: true }],
    ['mongos', { ok: 1, maxWireVersion: 21, isWritablePrimary: true, msg: 'isdbgrid' }],
  ])('a %s serves', async (role, answer: Answer) => {
    const outcome = await probe(() => answer);
    expect(outcome).toMatchObject({ success: true, cause: null });
    expect(outcome.facts).toEqual({
      role,
      set: answer['setName'] ?? null,
      primary: answer['primary'] ?? null,
      maxWireVersion: answer['maxWireVersion'],
    });
  });

  it('a checksum may follow', async () => {
    const outcome = await probe(() => ({ ...member, secondary: true }), { checksum: true });
    expect(outcome).toMatchObject({ success: true, facts: { role: 'secondary', set: 'rs0' } });
  });

  it('a member that is neither is not ready', async () => {
    expect(await probe(() => member)).toMatchObject({ success: false, cause: 'not-ready' });
    const uninitiated = { ...member, setName: '', info: 'Does not have a valid replica set config' };
    const outcome = await probe(() => uninitiated);
    expect(outcome.cause).toBe('not-ready');
    expect(outcome.message).toContain('valid replica set config');
  });

  it('an old server is asked in its own words', async () => {
    const outcome = await probe((command) =>
      command === 'hello'
        ? { ok: 0, errmsg: "no such command: 'hello'", code: 59 }
        : { ok: 1, ismaster: true, maxWireVersion: 8 },
    );
    expect(outcome).toMatchObject({ success: true, facts: { role: 'standalone', maxWireVersion: 8 } });
  });

  it('a refusal says whether it is for now', async () => {
    const stopping = await probe(() => ({ ok: 0, errmsg: 'The server is in quiesce mode', code: 91 }));
    expect(stopping).toMatchObject({ success: false, cause: 'not-ready' });
    const other = await probe(() => ({ ok: 0, errmsg: 'Unsupported OP_MSG', code: 2 }));
    expect(other).toMatchObject({ success: false, cause: 'protocol-error' });
    expect(other.message).toContain('Unsupported OP_MSG');
  });

  it('an answer that breaks off is a reset', async () => {
    expect((await probe(() => member, { cut: 5 })).cause).toBe('reset');
  });
});
