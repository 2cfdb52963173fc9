import { describe, expect, it } from 'vitest';
import { systemClock } from '../platform/clock.ts';
import { runWorkflow, type Step } from './workflow.ts';

const limits = { budgetMs: 60_000, signal: new AbortController().signal, clock: systemClock };

/** Ends when it is told to, as a step must. */
const endless = (name: string): Step<string> => ({
  name,
  run: (signal) => systemClock.sleep(600_000, signal).then(() => name),
});

describe('runWorkflow', () => {
  it('runs the steps of a group side by side, and groups in order', async () => {
    const order: string[] = [];
    let meet: () => void = () => undefined;
    const met = new Promise<void>((resolve) => {
      meet = resolve;
    });
    const outcomes = await runWorkflow(
      [
        [
          // The first cannot end before the second has begun.
          { name: 'a', run: () => met.then(() => order.push('a')) },
          {
            name: 'b',
            run: () => {
              order.push('b');
              meet();
              return Promise.resolve(0);
            },
          },
        ],
        [{ name: 'c', run: () => Promise.resolve(order.push('c')) }],
      ],
      limits,
    );
    expect(order).toEqual(['b', 'a', 'c']);
    expect(outcomes.map(({ name, state }) => [name, state])).toEqual([
      ['a', 'finished'],
      ['b', 'finished'],
      ['c', 'finished'],
    ]);
  });

  it('lets one failure be one outcome', async () => {
    const [failed, fine] = await runWorkflow<number>(
      [
        [
          { name: 'failing', run: () => Promise.reject(new Error('no')) },
          { name: 'fine', run: () => Promise.resolve(7) },
        ],
      ],
      limits,
    );
    expect(failed).toMatchObject({ state: 'failed', error: { code: 'E_INTERNAL' } });
    expect(fine).toMatchObject({ state: 'finished', result: 7 });
  });

  it('ends a step at its own deadline and all at the budget; what comes later is not begun', async () => {
    let begun = false;
    const outcomes = await runWorkflow(
      [
        [{ ...endless('short'), deadlineMs: 5 }, endless('long')],
        [
          {
            name: 'never',
            run: () => {
              begun = true;
              return Promise.resolve('');
            },
          },
        ],
      ],
      { ...limits, budgetMs: 30 },
    );
    expect(outcomes.map(({ state }) => state)).toEqual(['late', 'late', 'late']);
    expect(outcomes[0]).toMatchObject({ limitMs: 5 });
    expect(begun).toBe(false);
  });

  it('tells an interruption from a deadline', async () => {
    const stop = new AbortController();
    const running = runWorkflow([[endless('a')], [endless('b')]], { ...limits, signal: stop.signal });
    stop.abort();
    expect((await running).map(({ state }) => state)).toEqual(['interrupted', 'interrupted']);
  });
});
