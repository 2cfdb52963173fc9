import { describe, expect, it } from 'vitest';
import { openWire } from '../test-support/wire-client.ts';
import { ERROR, FLAG, FRAME, SETTING } from './constants.ts';
import { data, frame, goAway, head, number, settings } from './frames-fixture.ts';
import { HTTP2 } from './protocol.ts';
import { acceptOne, rawPair } from './raw-server-fixture.ts';

/** What a server sends while stream 1 waits for its answer, and the error that GOAWAY must then carry. */
const VIOLATIONS: readonly (readonly [what: string, error: keyof typeof ERROR, frames: readonly Buffer[]])[] =
  [
    ['DATA on stream 0', 'PROTOCOL_ERROR', [data(0, 'x')]],
    ['DATA on a stream that was never opened', 'PROTOCOL_ERROR', [data(99, 'x')]],
    ["DATA on a stream of the server's", 'PROTOCOL_ERROR', [data(2, 'x')]],
    [
      'DATA with more padding than payload',
      'PROTOCOL_ERROR',
      [frame(FRAME.DATA, FLAG.PADDED, 1, Buffer.of(2, 0))],
    ],
    ['padded DATA without a padding length', 'PROTOCOL_ERROR', [frame(FRAME.DATA, FLAG.PADDED, 1)]],
    ['HEADERS on a stream that was never opened', 'PROTOCOL_ERROR', [head(3, 200)]],
    [
      'HEADERS with more padding than payload',
      'PROTOCOL_ERROR',
      [frame(FRAME.HEADERS, FLAG.PADDED, 1, Buffer.of(9, 0x88))],
    ],
    ['padded HEADERS without a padding length', 'FRAME_SIZE_ERROR', [frame(FRAME.HEADERS, FLAG.PADDED, 1)]],
    [
      'a frame within a head',
      'PROTOCOL_ERROR',
      [frame(FRAME.HEADERS, 0, 1), frame(FRAME.PING, 0, 0, '12345678')],
    ],
    ['DATA within a head', 'PROTOCOL_ERROR', [frame(FRAME.HEADERS, 0, 1), data(1, 'x')]],
    ['HEADERS within a head', 'PROTOCOL_ERROR', [frame(FRAME.HEADERS, 0, 1), head(1, 200)]],
    [
      'CONTINUATION of another stream',
      'PROTOCOL_ERROR',
      [frame(FRAME.HEADERS, 0, 1), frame(FRAME.CONTINUATION, 4, 3)],
    ],
    ['CONTINUATION of nothing', 'PROTOCOL_ERROR', [frame(FRAME.CONTINUATION, FLAG.END_HEADERS, 1)]],
    [
      'an entry of a dynamic table',
      'COMPRESSION_ERROR',
      [frame(FRAME.HEADERS, FLAG.END_HEADERS, 1, Buffer.of(0x88, 0xbe))],
    ],
    [
      'a table larger than we allow',
      'COMPRESSION_ERROR',
      [frame(FRAME.HEADERS, FLAG.END_HEADERS, 1, Buffer.of(0x3f, 0xe1, 0x1f, 0x88))],
    ],
    [
      'a wrong Huffman padding',
      'COMPRESSION_ERROR',
      [frame(FRAME.HEADERS, FLAG.END_HEADERS, 1, Buffer.of(0x88, 0x0f, 0x10, 0x81, 0x1e))],
    ],
    [
      'PUSH_PROMISE',
      'PROTOCOL_ERROR',
      [frame(FRAME.PUSH_PROMISE, FLAG.END_HEADERS, 1, Buffer.of(0, 0, 0, 2, 0x82))],
    ],
    ['SETTINGS on a stream', 'PROTOCOL_ERROR', [frame(FRAME.SETTINGS, 0, 1)]],
    ['SETTINGS cut off', 'FRAME_SIZE_ERROR', [frame(FRAME.SETTINGS, 0, 0, '12345')]],
    ['an acknowledgement with content', 'FRAME_SIZE_ERROR', [frame(FRAME.SETTINGS, FLAG.ACK, 0, '123456')]],
    ['a server that enables push', 'PROTOCOL_ERROR', [settings([SETTING.ENABLE_PUSH, 1])]],
    [
      'an initial window beyond 2^31-1',
      'FLOW_CONTROL_ERROR',
      [settings([SETTING.INITIAL_WINDOW_SIZE, 0x80_00_00_00])],
    ],
    ['a maximum frame that is too small', 'PROTOCOL_ERROR', [settings([SETTING.MAX_FRAME_SIZE, 16_383])]],
    [
      'a maximum frame that is too large',
      'PROTOCOL_ERROR',
      [settings([SETTING.MAX_FRAME_SIZE, 0x01_00_00_00])],
    ],
    ['PING on a stream', 'PROTOCOL_ERROR', [frame(FRAME.PING, 0, 1, '12345678')]],
    ['PING of seven bytes', 'FRAME_SIZE_ERROR', [frame(FRAME.PING, 0, 0, '1234567')]],
    ['GOAWAY on a stream', 'PROTOCOL_ERROR', [frame(FRAME.GOAWAY, 0, 1, '12345678')]],
    ['GOAWAY cut off', 'FRAME_SIZE_ERROR', [frame(FRAME.GOAWAY, 0, 0, '1234')]],
    ['PRIORITY on stream 0', 'PROTOCOL_ERROR', [frame(FRAME.PRIORITY, 0, 0, '12345')]],
    ['RST_STREAM of a stream that was never opened', 'PROTOCOL_ERROR', [number(FRAME.RST_STREAM, 3, 8)]],
    ['RST_STREAM of three bytes', 'FRAME_SIZE_ERROR', [frame(FRAME.RST_STREAM, 0, 1, '123')]],
    ['WINDOW_UPDATE of 0 for the connection', 'PROTOCOL_ERROR', [number(FRAME.WINDOW_UPDATE, 0, 0)]],
    ['WINDOW_UPDATE of five bytes', 'FRAME_SIZE_ERROR', [frame(FRAME.WINDOW_UPDATE, 0, 0, '12345')]],
    ['WINDOW_UPDATE of an unopened stream', 'PROTOCOL_ERROR', [number(FRAME.WINDOW_UPDATE, 7, 1)]],
    [
      'a window of the connection beyond 2^31-1',
      'FLOW_CONTROL_ERROR',
      [number(FRAME.WINDOW_UPDATE, 0, 0x7f_ff_ff_ff)],
    ],
    [
      'a window of a stream beyond 2^31-1',
      'FLOW_CONTROL_ERROR',
      [number(FRAME.WINDOW_UPDATE, 1, 0x7f_ff_ff_ff)],
    ],
    [
      'an initial window that makes one too large',
      'FLOW_CONTROL_ERROR',
      [number(FRAME.WINDOW_UPDATE, 1, 0x7f_00_00_00), settings([SETTING.INITIAL_WINDOW_SIZE, 0x7f_ff_ff_ff])],
    ],
    ['a frame that is too long', 'FRAME_SIZE_ERROR', [frame(FRAME.DATA, 0, 1, Buffer.alloc(16_385))]],
    ['a flood of PING', 'ENHANCE_YOUR_CALM', flood(frame(FRAME.PING, 0, 0, '12345678'))],
    ['a flood of SETTINGS', 'ENHANCE_YOUR_CALM', flood(settings())],
    ['a flood of empty DATA', 'ENHANCE_YOUR_CALM', [head(1, 200), ...flood(data(1, ''))]],
    ['a flood of unknown frames', 'ENHANCE_YOUR_CALM', flood(frame(0x77, 0, 1))],
    [
      'a head without end',
      'ENHANCE_YOUR_CALM',
      [frame(FRAME.HEADERS, 0, 1), ...Array.from({ length: 100 }, () => frame(FRAME.CONTINUATION, 0, 1))],
    ],
    [
      'a head that is too large',
      'ENHANCE_YOUR_CALM',
      [
        frame(FRAME.HEADERS, 0, 1),
        ...Array.from({ length: 10 }, () => frame(FRAME.CONTINUATION, 0, 1, Buffer.alloc(16_384))),
      ],
    ],
  ];

/** More than any server needs, in one burst: long before the second is over in which so many are tolerated. */
function flood(one: Buffer): Buffer[] {
  return Array.from({ length: 200 }, () => Buffer.concat(Array.from({ length: 100 }, () => one)));
}

describe('a server that breaks the protocol', () => {
  it.each(VIOLATIONS)('by %s is told %s, and its streams fail', async (_, error, frames) => {
    const { peer, client } = await rawPair();
    const answer = client.ask({});
    await peer.next(FRAME.HEADERS);
    peer.send(...frames);
    expect(await answer).toMatchObject({ kind: 'failure', failure: 'protocol' });
    expect((await peer.next(FRAME.GOAWAY)).payload.readUInt32BE(4)).toBe(ERROR[error]);
    expect(client.connection.free).toBe(0);
    expect((await client.closed).failure).toBeNull();
  });

  it.each([
    ['HEADERS', head(1, 200)],
    ['DATA', data(1, 'x')],
    ['PING', frame(FRAME.PING, 0, 0, '12345678')],
    ['an acknowledgement', frame(FRAME.SETTINGS, FLAG.ACK, 0)],
  ])('is none of HTTP/2 when its first frame is %s', async (_, greeting) => {
    const accepted = acceptOne(greeting);
    const { port } = await accepted.listening;
    await expect(openWire(HTTP2, { port })).rejects.toThrow(/^protocol: the server does not speak HTTP\/2/);
  });

  it('is never open when it says GOAWAY at once', async () => {
    const accepted = acceptOne(Buffer.concat([settings(), goAway(0, ERROR.ENHANCE_YOUR_CALM)]));
    const { port } = await accepted.listening;
    await expect(openWire(HTTP2, { port })).rejects.toThrow(/GOAWAY with ENHANCE_YOUR_CALM/);
  });

  it('fails the stream alone by a WINDOW_UPDATE of 0 on it', async () => {
    const { peer, client } = await rawPair();
    const answer = client.ask({});
    await peer.next(FRAME.HEADERS);
    peer.send(number(FRAME.WINDOW_UPDATE, 1, 0));
    expect(await answer).toMatchObject({ kind: 'failure', failure: 'protocol' });
    expect(client.connection.free).toBeGreaterThan(0);
  });
});
