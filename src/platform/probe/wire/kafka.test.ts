import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type LocalServer, serveTcp } from '../../test-support/servers.ts';
import { runWire } from '../../test-support/wire.ts';
import { int32, uint16 } from './byte-reader.ts';

const open: LocalServer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

interface Asked {
  apiKey: number;
  version: number;
  correlationId: number;
  clientId: string;
  body: Buffer;
}

/** A broker by the protocol guide: length-prefixed requests with header version 1. null closes the connection. */
async function broker(answer: (asked: Asked) => Buffer | null): Promise<{ port: number; asked: Asked[] }> {
  const asked: Asked[] = [];
  const server = await serveTcp((socket: Socket) => {
    let pending = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      pending = Buffer.concat([pending, chunk]);
      while (pending.length >= 4 && pending.length >= 4 + pending.readInt32BE(0)) {
        const request = parse(pending.subarray(4, 4 + pending.readInt32BE(0)));
        pending = pending.subarray(4 + pending.readInt32BE(0));
        asked.push(request);
        const body = answer(request);
        if (body === null) return socket.destroy();
        socket.write(Buffer.concat([int32(4 + body.length), int32(request.correlationId), body]));
      }
      return undefined;
    });
  });
  open.push(server);
  return { port: server.port, asked };
}

function parse(request: Buffer): Asked {
  const clientIdEnd = 10 + request.readInt16BE(8);
  return {
    apiKey: request.readInt16BE(0),
    version: request.readInt16BE(2),
    correlationId: request.readInt32BE(4),
    clientId: request.subarray(10, clientIdEnd).toString('utf8'),
    body: request.subarray(clientIdEnd),
  };
}

const text = (value: string): Buffer => Buffer.concat([uint16(value.length), Buffer.from(value)]);
const versions = (ranges: readonly (readonly [key: number, min: number, max: number])[], error = 0): Buffer =>
  Buffer.concat([
    uint16(error),
    int32(ranges.length),
    ...ranges.flatMap((range) => range.map((value) => uint16(value))),
  ]);
/** Two brokers, the second is the controller. */
function metadata(version: number): Buffer {
  const member = (id: number): Buffer =>
    Buffer.concat([int32(id), text('broker.test'), int32(9_092), Buffer.of(0xff, 0xff)]);
  return Buffer.concat([
    ...(version >= 3 ? [int32(0)] : []),
    int32(2),
    member(1),
    member(2),
    ...(version >= 2 ? [text('lkc-1')] : []),
    int32(2),
    int32(0),
    ...(version >= 8 ? [int32(-2_147_483_648)] : []),
  ]);
}

const healthy =
  (max: number, min = 0) =>
  ({ apiKey, version }: Asked): Buffer =>
    apiKey === 18
      ? versions([
          [3, min, max],
          [18, 0, 4],
        ])
      : metadata(version);

describe('a Kafka broker', () => {
  it.each([
    [1, 1, ''],
    [5, 5, '00'],
    [13, 8, '000000'],
  ])('with Metadata up to version %i is asked for version %i', async (max, version, flags) => {
    const { port, asked } = await broker(healthy(max));
    expect(await runWire('kafka', port)).toMatchObject({
      success: true,
      facts: { brokers: 2, controller: 2, cluster: version >= 2 ? 'lkc-1' : null, apis: 2 },
    });
    expect(asked.map(({ apiKey, clientId }) => [apiKey, clientId])).toEqual([
      [18, 'rearguard'],
      [3, 'rearguard'],
    ]);
    expect(asked[1]).toMatchObject({ version, body: Buffer.from(`00000000${flags}`, 'hex') });
  });

  it('whose Metadata is newer than we speak is up by what it answered', async () => {
    const { port } = await broker(healthy(15, 9));
    expect(await runWire('kafka', port)).toMatchObject({ success: true, facts: { brokers: null } });
  });

  it('that wants SASL closes at the second request, and is up', async () => {
    const { port } = await broker((asked) => (asked.apiKey === 18 ? healthy(9)(asked) : null));
    expect(await runWire('kafka', port)).toMatchObject({
      success: true,
      facts: { brokers: null, authenticated: false },
    });
  });

  it('that says no, or knows nobody, is not ready', async () => {
    const failing = await broker(() => versions([], 15));
    expect(await runWire('kafka', failing.port)).toMatchObject({ cause: 'not-ready' });
    const alone = await broker((asked) =>
      asked.apiKey === 18 ? healthy(1)(asked) : Buffer.concat([int32(0), int32(-1), int32(0)]),
    );
    expect(await runWire('kafka', alone.port)).toMatchObject({ cause: 'not-ready' });
  });

  it('that closes at once, or answers with an alert, wants TLS: the message says so', async () => {
    const closing = await broker(() => null);
    const closed = await runWire('kafka', closing.port);
    expect(closed).toMatchObject({ success: false, cause: 'reset' });
    expect(closed.message).toContain('TLS');
    const alerting = await serveTcp((socket) =>
      socket.once('data', () => socket.end(Buffer.from('15030100020246', 'hex'))),
    );
    open.push(alerting);
    const alerted = await runWire('kafka', alerting.port);
    expect(alerted).toMatchObject({ cause: 'protocol-error' });
    expect(alerted.message).toContain('TLS alert');
  });

  it.each([
    ['more entries than bytes', Buffer.concat([uint16(0), int32(2_147_483_647), uint16(3)])],
    ['a negative count', Buffer.concat([uint16(0), int32(-1)])],
    ['nothing', Buffer.alloc(0)],
  ])('that answers %s is a protocol error', async (_, body) => {
    const { port } = await broker(() => body);
    expect(await runWire('kafka', port)).toMatchObject({ cause: 'protocol-error' });
  });
});
