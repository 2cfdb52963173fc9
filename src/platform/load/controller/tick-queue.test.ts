import { describe, expect, it } from 'vitest';
import type { LoadTick } from '../../../core/load/measure.ts';
import { tickFixture } from '../../../core/load/tick-fixture.ts';
import { createTickQueue } from './tick-queue.ts';

const tick = (number: number): LoadTick =>
  tickFixture({ fromMs: number * 200, toMs: (number + 1) * 200, opened: 1 });

async function all(ticks: AsyncIterable<LoadTick>): Promise<LoadTick[]> {
  const taken: LoadTick[] = [];
  for await (const one of ticks) taken.push(one);
  return taken;
}

describe('ticks that wait to be taken', () => {
  it('are bounded, and no count is lost', async () => {
    const queue = createTickQueue(10);
    for (let number = 0; number < 1_000; number += 1) queue.push(tick(number));
    queue.close();
    const taken = await all(queue.ticks);
    expect(taken.length).toBeLessThanOrEqual(10);
    expect(taken.reduce((sum, { opened }) => sum + opened, 0)).toBe(1_000);
    for (const [index, { fromMs }] of taken.entries()) expect(fromMs).toBe(taken[index - 1]?.toMs ?? 0);
    expect(taken.at(-1)?.toMs).toBe(200_000);
  });

  it('come one by one to whoever waits', async () => {
    const queue = createTickQueue();
    const taken = all(queue.ticks);
    for (let number = 0; number < 3; number += 1) {
      queue.push(tick(number));
      await new Promise(setImmediate);
    }
    queue.close();
    expect(await taken).toHaveLength(3);
  });
});
