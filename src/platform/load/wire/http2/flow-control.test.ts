import { describe, expect, it } from 'vitest';
import { ERROR, FLAG, FRAME, SETTING } from './constants.ts';
import { data, head, number, settings } from './frames-fixture.ts';
import { rawPair, type RawPeer } from './raw-server-fixture.ts';

/** Content of the DATA frames that came for a stream. */
function received(peer: RawPeer, streamId: number): string {
  const frames = peer.seen.filter((frame) => frame.type === FRAME.DATA && frame.streamId === streamId);
  return frames.map(({ payload }) => payload.toString('latin1')).join('');
}

/** Resolves once everything that was sent to the client before has been read by it. */
async function settled(peer: RawPeer): Promise<void> {
  peer.send(Buffer.from([0, 0, 8, FRAME.PING, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]));
  await peer.next(FRAME.PING);
}

describe('bodies of requests', () => {
  it('go out in frames as large as the server takes, the last one with the end', async () => {
    const { peer, client } = await rawPair({
      greeting: settings([SETTING.MAX_FRAME_SIZE, 20_000], [SETTING.INITIAL_WINDOW_SIZE, 1_000_000]),
    });
    const body = 'x'.repeat(45_000);
    const answer = client.ask({ method: 'POST', body });
    const frames = [await peer.next(FRAME.DATA), await peer.next(FRAME.DATA), await peer.next(FRAME.DATA)];
    expect(frames.map(({ payload }) => payload.length)).toEqual([20_000, 20_000, 5_000]);
    expect(frames.map(({ flags }) => flags)).toEqual([0, 0, FLAG.END_STREAM]);
    peer.send(head(1, 200, { end: true }));
    expect(await answer).toMatchObject({ status: 200 });
  });

  it('wait for the window of their stream and of the connection', async () => {
    const { peer, client } = await rawPair({ greeting: settings([SETTING.INITIAL_WINDOW_SIZE, 10]) });
    const first = client.ask({ method: 'POST', body: 'a'.repeat(70_000) });
    const second = client.ask({ method: 'POST', body: 'b'.repeat(20) });
    await settled(peer);
    expect([received(peer, 1), received(peer, 3)]).toEqual(['a'.repeat(10), 'b'.repeat(10)]);
    peer.send(number(FRAME.WINDOW_UPDATE, 3, 5));
    await settled(peer);
    expect(received(peer, 3)).toBe('b'.repeat(15));
    // The window of the stream is large now; that of the connection has 65,535 less what was sent.
    peer.send(number(FRAME.WINDOW_UPDATE, 1, 100_000));
    await settled(peer);
    expect(received(peer, 1)).toHaveLength(65_535 - 15);
    peer.send(number(FRAME.WINDOW_UPDATE, 3, 100));
    await settled(peer);
    expect(received(peer, 3)).toHaveLength(15);
    peer.send(number(FRAME.WINDOW_UPDATE, 0, 100_000));
    await settled(peer);
    expect([received(peer, 1).length, received(peer, 3).length]).toEqual([70_000, 20]);
    peer.send(head(1, 200, { end: true }), head(3, 201, { end: true }));
    expect(await Promise.all([first, second])).toMatchObject([{ status: 200 }, { status: 201 }]);
  });

  it('follow an initial window that changes on the way, below zero too', async () => {
    const { peer, client } = await rawPair({ greeting: settings([SETTING.INITIAL_WINDOW_SIZE, 100]) });
    void client.ask({ method: 'POST', body: 'c'.repeat(300) });
    await settled(peer);
    expect(received(peer, 1)).toHaveLength(100);
    // 100 were sent, so the window is 40 - 100.
    peer.send(settings([SETTING.INITIAL_WINDOW_SIZE, 40]), number(FRAME.WINDOW_UPDATE, 1, 60));
    await settled(peer);
    expect(received(peer, 1)).toHaveLength(100);
    peer.send(number(FRAME.WINDOW_UPDATE, 1, 1));
    await settled(peer);
    expect(received(peer, 1)).toHaveLength(101);
    peer.send(settings([SETTING.INITIAL_WINDOW_SIZE, 1_000]));
    await settled(peer);
    expect(received(peer, 1)).toHaveLength(300);
  });

  it('are not sent any further once the answer is whole', async () => {
    const { peer, client } = await rawPair({ greeting: settings([SETTING.INITIAL_WINDOW_SIZE, 10]) });
    const answer = client.ask({ method: 'POST', body: 'd'.repeat(1_000) });
    await settled(peer);
    peer.send(head(1, 413, { end: true }));
    expect(await answer).toMatchObject({ status: 413 });
    const reset = await peer.next(FRAME.RST_STREAM);
    expect([reset.streamId, reset.payload.readUInt32BE(0)]).toEqual([1, ERROR.NO_ERROR]);
    peer.send(number(FRAME.WINDOW_UPDATE, 1, 1_000));
    await settled(peer);
    expect(received(peer, 1)).toHaveLength(10);
  });

  it('are whole although they are larger than what waits for the kernel', async () => {
    const { peer, client } = await rawPair({
      greeting: Buffer.concat([
        settings([SETTING.INITIAL_WINDOW_SIZE, 0x7f_ff_ff_ff]),
        number(FRAME.WINDOW_UPDATE, 0, 0x7f_00_00_00),
      ]),
    });
    const body = Array.from({ length: 400_000 }, (_, index) => String(index % 10)).join('');
    const answers = Array.from({ length: 10 }, () => client.ask({ method: 'PUT', body }));
    for (let ended = 0; ended < 10;) {
      const frame = await peer.next(FRAME.DATA);
      if ((frame.flags & FLAG.END_STREAM) === 0) continue;
      ended += 1;
      peer.send(head(frame.streamId, 200, { end: true }));
    }
    expect(await Promise.all(answers)).toMatchObject(answers.map(() => ({ status: 200 })));
    expect(received(peer, 19)).toBe(body);
  });
});

describe('windows for responses', () => {
  it('are given back by halves, for the stream and the connection', async () => {
    const { peer, client } = await rawPair();
    const answer = client.ask({}, { wantsBody: false });
    const piece = data(1, 'z'.repeat(16_000));
    const greeting = await peer.next(FRAME.WINDOW_UPDATE);
    expect(greeting.streamId).toBe(0);
    peer.send(head(1, 200));
    // 17.6 MB: one more than the window of a stream.
    for (let sent = 0; sent < 1_100; sent += 1) peer.send(piece);
    peer.send(data(1, '', { end: true }));
    expect(await answer).toMatchObject({ status: 200, bodyBytes: 17_600_000 });
    await settled(peer);
    const updates = peer.seen.filter((frame) => frame.type === FRAME.WINDOW_UPDATE && frame.streamId === 1);
    expect(updates).toHaveLength(2);
    const given = updates.reduce((sum, { payload }) => sum + payload.readUInt32BE(0), 0);
    expect(given).toBeGreaterThanOrEqual(16 * 1024 * 1024);
  });
});
