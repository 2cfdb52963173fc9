import { describe, expect, it } from 'vitest';
import { systemClock } from '../platform/clock.ts';
import type { LiveView, ReportDraft } from '../tools/define.ts';
import { execute } from './execute.ts';

const DRAFT: ReportDraft = {
  summary: 'done',
  findings: [],
  coverage: { checked: [], notChecked: [] },
  sections: [],
  data: null,
};
/** No wait is longer than a few milliseconds: the grace of a command that does not stop is five seconds. */
const hurried = {
  ...systemClock,
  sleep: (ms: number, signal?: AbortSignal) => systemClock.sleep(Math.min(ms, 5), signal),
};
const options = { what: 'a command', clock: hurried, signal: new AbortController().signal };
const never = <Value>(): Promise<Value> => new Promise<Value>(() => undefined);

async function* stubborn(): AsyncGenerator<LiveView, ReportDraft, void> {
  yield { sections: () => [], changes: [] };
  return never();
}

describe('execute', () => {
  it('returns what the command returns, and throws what it throws', async () => {
    expect(await execute(() => Promise.resolve(DRAFT), options)).toBe(DRAFT);
    await expect(execute(() => Promise.reject(new Error('own')), options)).rejects.toThrow('own');
  });

  it('gives up on a command that does not stop', async () => {
    await expect(execute(never<ReportDraft>, { ...options, timeoutMs: 1 })).rejects.toMatchObject({
      code: 'E_TIMEOUT',
    });
    const stop = new AbortController();
    const live = execute(stubborn, { ...options, signal: stop.signal, onView: () => stop.abort() });
    await expect(live).rejects.toMatchObject({ code: 'E_INTERRUPTED' });
  });

  it('does not take half a measurement for a whole one', async () => {
    const partial = (signal: AbortSignal): Promise<ReportDraft> =>
      hurried.sleep(600_000, signal).then(
        () => DRAFT,
        () => DRAFT,
      );
    const stop = new AbortController();
    const running = execute(partial, { ...options, signal: stop.signal });
    stop.abort();
    await expect(running).rejects.toMatchObject({ code: 'E_INTERRUPTED' });
  });

  it('does not start what was interrupted before', async () => {
    let started = false;
    const start = (): Promise<ReportDraft> => {
      started = true;
      return Promise.resolve(DRAFT);
    };
    await expect(execute(start, { ...options, signal: AbortSignal.abort() })).rejects.toMatchObject({
      exitCode: 130,
    });
    expect(started).toBe(false);
  });
});
