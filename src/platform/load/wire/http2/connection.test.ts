import { describe, expect, it } from 'vitest';
import { serveTcp } from '../../../test-support/servers.ts';
import { openWire } from '../test-support/wire-client.ts';
import { ERROR, FLAG, FRAME, MAX_STREAM_ID, SETTING } from './constants.ts';
import { data, frame, goAway, head, number, settings, trailers } from './frames-fixture.ts';
import { HTTP2 } from './protocol.ts';
import { acceptOne, rawPair } from './raw-server-fixture.ts';

describe('an HTTP/2 connection', () => {
  it('announces an empty header table and no push, and acknowledges SETTINGS', async () => {
    const { peer } = await rawPair();
    const announced = await peer.next(FRAME.SETTINGS);
    const entries = new Map<number, number>();
    for (let at = 0; at < announced.payload.length; at += 6) {
      entries.set(announced.payload.readUInt16BE(at), announced.payload.readUInt32BE(at + 2));
    }
    expect(entries.get(SETTING.HEADER_TABLE_SIZE)).toBe(0);
    expect(entries.get(SETTING.ENABLE_PUSH)).toBe(0);
    expect(await peer.next(FRAME.SETTINGS)).toMatchObject({ flags: FLAG.ACK, payload: Buffer.alloc(0) });
  });

  it('keeps streams apart that are answered out of order, piece by piece', async () => {
    const { peer, client } = await rawPair();
    const answers = [client.ask({ path: '/1' }), client.ask({ path: '/2' }), client.ask({ path: '/3' })];
    await peer.next(FRAME.HEADERS);
    await peer.next(FRAME.HEADERS);
    await peer.next(FRAME.HEADERS);
    peer.send(head(5, 200), head(1, 404), data(5, 'th'), data(1, 'fi'), head(3, 204, { end: true }));
    peer.send(data(5, 'ree'), data(1, 'rst', { end: true }), data(5, '', { end: true }));
    expect(await Promise.all(answers)).toMatchObject([
      { status: 404, body: 'first', bodyBytes: 5 },
      { status: 204, body: '', bodyBytes: 0 },
      { status: 200, body: 'three', bodyBytes: 5 },
    ]);
  });

  it('says how many streams are free, as the server allows', async () => {
    const { peer, client } = await rawPair({ greeting: settings([SETTING.MAX_CONCURRENT_STREAMS, 2]) });
    expect(client.connection.free).toBe(2);
    const first = client.ask({});
    void client.ask({});
    expect(client.connection.free).toBe(0);
    peer.send(head(1, 200, { end: true }));
    // Free again within onResponse.
    expect(await first).toMatchObject({ free: 1 });
    peer.send(settings([SETTING.MAX_CONCURRENT_STREAMS, 5]), head(3, 200, { end: true }));
    await expect.poll(() => client.connection.free).toBe(5);
  });

  it('passes over interim heads, takes trailers, padding, PRIORITY fields and unknown frames', async () => {
    const { peer, client } = await rawPair();
    const answer = client.ask({});
    const padded = Buffer.concat([Buffer.of(3, 0, 0, 0, 0, 200), Buffer.of(0x88), Buffer.alloc(3)]);
    peer.send(
      head(1, 103, { fields: [['link', '</a.css>']] }),
      frame(0x42, 0xff, 1, 'whatever'),
      frame(FRAME.PRIORITY, 0, 1, Buffer.alloc(5)),
      frame(FRAME.HEADERS, FLAG.END_HEADERS | FLAG.PADDED | FLAG.PRIORITY, 1, padded),
      data(1, 'pad', { padding: 200 }),
      data(1, 'ded', { padding: 0 }),
      trailers(1, [['x-checksum', '1']]),
    );
    expect(await answer).toMatchObject({ status: 200, body: 'padded', bodyBytes: 6 });
  });

  it('joins a head from CONTINUATION frames', async () => {
    const { peer, client } = await rawPair();
    const answer = client.ask({});
    const whole = head(1, 200, { fields: [['content-type', 'text/plain']], end: true }).subarray(9);
    peer.send(
      frame(FRAME.HEADERS, FLAG.END_STREAM, 1, whole.subarray(0, 4)),
      frame(FRAME.CONTINUATION, 0, 1),
      frame(FRAME.CONTINUATION, FLAG.END_HEADERS, 1, whole.subarray(4)),
    );
    expect(await answer).toMatchObject({ status: 200, contentType: 'text/plain' });
  });

  it('takes the answer to HEAD, which has a length and no body', async () => {
    const { peer, client } = await rawPair();
    const answer = client.ask({ method: 'HEAD' });
    peer.send(head(1, 200, { fields: [['content-length', '1000']], end: true }));
    expect(await answer).toMatchObject({ status: 200, bodyBytes: 0 });
  });

  it('skips fields and body that nobody wants, and keeps those of failures', async () => {
    const { peer, client } = await rawPair({ maxBodyBytes: 4 });
    const wants = { wantsHead: false, wantsBody: false };
    const [well, failed] = [client.ask({}, wants), client.ask({}, wants)];
    const fields = [['content-type', 'text/plain']] as const;
    peer.send(head(1, 200, { fields }), data(1, 'unwanted', { end: true }));
    peer.send(head(3, 503, { fields }), data(3, 'bro'), data(3, 'ken down', { end: true }));
    expect(await well).toMatchObject({ status: 200, bodyBytes: 8, body: null, contentType: null });
    expect(await failed).toMatchObject({
      status: 503,
      bodyBytes: 11,
      body: 'brok',
      contentType: 'text/plain',
    });
  });

  it('hands refused streams back, and calls other resets failures', async () => {
    const { peer, client } = await rawPair();
    const answers = [client.ask({}), client.ask({}), client.ask({})];
    peer.send(
      number(FRAME.RST_STREAM, 1, ERROR.REFUSED_STREAM),
      number(FRAME.RST_STREAM, 3, ERROR.INTERNAL_ERROR),
      head(5, 200, { end: true }),
      number(FRAME.RST_STREAM, 5, ERROR.NO_ERROR),
    );
    expect(await Promise.all(answers)).toMatchObject([
      { kind: 'retry' },
      { kind: 'failure', failure: 'reset', detail: 'RST_STREAM with INTERNAL_ERROR' },
      { status: 200 },
    ]);
    expect(client.connection.free).toBeGreaterThan(0);
  });

  it('hands back what GOAWAY says was not seen, lets the rest end, and closes', async () => {
    const { peer, client } = await rawPair();
    const answers = [client.ask({}), client.ask({}), client.ask({})];
    await peer.next(FRAME.HEADERS);
    peer.send(goAway(MAX_STREAM_ID, ERROR.NO_ERROR), goAway(3, ERROR.NO_ERROR));
    expect(await answers[2]).toEqual({ kind: 'retry' });
    expect(client.connection.free).toBe(0);
    peer.send(head(1, 200, { end: true }), head(3, 200, { end: true }));
    expect(await Promise.all(answers)).toMatchObject([{ status: 200 }, { status: 200 }, { kind: 'retry' }]);
    expect(await client.closed).toEqual({ failure: null, detail: 'GOAWAY with NO_ERROR' });
  });

  it('fails what is under way when the server closes without a word', async () => {
    const { peer, client } = await rawPair();
    const answer = client.ask({});
    await peer.next(FRAME.HEADERS);
    peer.socket.end();
    expect(await answer).toMatchObject({ kind: 'failure', failure: 'reset' });
    expect(await client.closed).toMatchObject({ failure: null });
  });

  it('resets one stream when its exchange is cancelled; the others go on', async () => {
    const { peer, client } = await rawPair();
    const { exchange } = client.begin({});
    const other = client.ask({});
    peer.send(head(1, 200), data(1, 'begun'));
    client.connection.cancel(exchange);
    expect(await peer.next(FRAME.RST_STREAM)).toMatchObject({ streamId: 1 });
    // The rest was already under way.
    peer.send(data(1, 'late'), trailers(1, [['a', 'b']]), number(FRAME.WINDOW_UPDATE, 1, 5));
    peer.send(head(3, 200, { end: true }));
    expect(await other).toMatchObject({ status: 200 });
    client.connection.cancel(exchange);
  });

  it('calls a malformed response a failure of its stream alone', async () => {
    const { peer, client } = await rawPair();
    const answers = Array.from({ length: 6 }, () => client.ask({}));
    peer.send(
      data(1, 'before a head'),
      trailers(3, [['a', 'b']]),
      head(5, 101),
      head(7, 200, { fields: [['Upper', 'x']] }),
      Buffer.concat([head(9, 200), head(9, 200)]),
      head(11, 200, { end: true }),
    );
    const failure = { kind: 'failure', failure: 'protocol' };
    expect(await Promise.all(answers)).toMatchObject([
      failure,
      failure,
      failure,
      failure,
      failure,
      { status: 200 },
    ]);
    for (const streamId of [1, 3, 5, 7, 9]) {
      expect(await peer.next(FRAME.RST_STREAM)).toMatchObject({ streamId });
    }
  });

  it('calls a body of another length than announced malformed', async () => {
    const { peer, client } = await rawPair();
    const fields = [['content-length', '5']] as const;
    const answers = [
      client.ask({}),
      client.ask({}),
      client.ask({}),
      client.ask({}),
      client.ask({ method: 'HEAD' }),
    ];
    peer.send(head(1, 200, { fields }), data(1, 'four', { end: true }));
    peer.send(head(3, 200, { fields, end: true }));
    peer.send(head(5, 200, { fields }), data(5, 'fi'), data(5, 'ves'), trailers(5, [['a', 'b']]));
    peer.send(head(7, 304, { fields, end: true }), head(9, 200, { fields, end: true }));
    expect(await Promise.all(answers)).toMatchObject([
      { kind: 'failure', failure: 'protocol', detail: 'a body of 4 bytes where 5 were announced' },
      { kind: 'failure', failure: 'protocol' },
      { status: 200, body: 'fives' },
      { status: 304 },
      { status: 200 },
    ]);
  });

  it('takes server-sent events until it has enough', async () => {
    const { peer, client } = await rawPair();
    const events: string[] = [];
    const onEvent = (text: string): boolean => events.push(text) === 2;
    const answer = client.ask({}, { onEvent });
    peer.send(head(1, 200), data(1, 'data: one\n\nda'), data(1, 'ta: two\n\ndata: three\n\n'));
    expect(await answer).toMatchObject({ status: 200 });
    expect(events).toEqual(['one', 'two']);
    expect(await peer.next(FRAME.RST_STREAM)).toMatchObject({ streamId: 1 });
    expect(client.connection.free).toBeGreaterThan(0);
  });

  it('passes over the number of a stream that is still open when the others have gone round', async () => {
    const { peer, client } = await rawPair();
    const long = client.ask({ path: '/events' });
    const ids: number[] = [];
    await peer.next(FRAME.HEADERS);
    for (let round = 0; round < 40; round += 1) {
      const answer = client.ask({});
      const { streamId } = await peer.next(FRAME.HEADERS);
      ids.push(streamId);
      peer.send(head(streamId, 200, { end: true }));
      expect(await answer).toMatchObject({ status: 200 });
    }
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
    peer.send(head(1, 200, { end: true }));
    expect(await long).toMatchObject({ status: 200 });
  });

  it('holds more streams than it began with places for', async () => {
    const { peer, client } = await rawPair();
    const answers = Array.from({ length: 100 }, () => client.ask({}));
    for (let index = 99; index >= 0; index -= 1) {
      peer.send(head(index * 2 + 1, 200), data(index * 2 + 1, String(index), { end: true }));
    }
    const bodies = (await Promise.all(answers)).map((answer) =>
      answer.kind === 'response' ? answer.body : answer,
    );
    expect(bodies).toEqual(Array.from({ length: 100 }, (_, index) => String(index)));
  });

  it('gives way to another connection before the numbers of streams run out', async () => {
    const { peer, client } = await rawPair({ firstStreamId: MAX_STREAM_ID - 34 });
    let requests = 0;
    while (client.connection.free > 0) {
      const answer = client.ask({});
      const { streamId } = await peer.next(FRAME.HEADERS);
      peer.send(head(streamId, 200, { end: true }));
      expect(await answer).toMatchObject({ status: 200 });
      requests += 1;
    }
    expect(requests).toBeGreaterThan(0);
    expect(await peer.next(FRAME.GOAWAY)).toMatchObject({ streamId: 0 });
    expect(await client.closed).toMatchObject({ failure: null });
  });

  it('closes after one request where connections shall not be kept', async () => {
    const { peer, client } = await rawPair({ keepAlive: false });
    expect(client.connection.free).toBe(1);
    const answer = client.ask({});
    expect(client.connection.free).toBe(0);
    peer.send(head(1, 200, { end: true }));
    expect(await answer).toMatchObject({ status: 200 });
    expect(await client.closed).toMatchObject({ failure: null });
  });

  it('answers PING with its content', async () => {
    const { peer } = await rawPair();
    peer.send(frame(FRAME.PING, FLAG.ACK, 0, '00000000'), frame(FRAME.PING, 0, 0, '12345678'));
    expect(await peer.next(FRAME.PING)).toMatchObject({ flags: FLAG.ACK, payload: Buffer.from('12345678') });
  });
});

describe('a connection that does not come about', () => {
  it('says that a server of HTTP/1.1 does not speak HTTP/2', async () => {
    const accepted = acceptOne(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'));
    const { port } = await accepted.listening;
    await expect(openWire(HTTP2, { port })).rejects.toThrow(/^protocol: the server does not speak HTTP\/2/);
  });

  it('says so when the server closes before its SETTINGS, and when it is refused', async () => {
    const closing = await serveTcp((socket) => socket.destroy());
    await expect(openWire(HTTP2, { port: closing.port })).rejects.toThrow(/^reset: /);
    await closing.close();
    await expect(openWire(HTTP2, { port: closing.port })).rejects.toThrow(/^refused: /);
  });

  it('gives up on a server that never sends SETTINGS', async () => {
    const accepted = acceptOne(Buffer.alloc(0));
    const { port } = await accepted.listening;
    await expect(openWire(HTTP2, { port, connectTimeoutMs: 100 })).rejects.toThrow(
      /^connect-timeout: no SETTINGS/,
    );
  });
});
