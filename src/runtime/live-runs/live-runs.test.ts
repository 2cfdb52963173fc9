import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { setTimeout as sleep } from 'node:timers/promises';
import { NEVER, openTestShop, type TestShop } from '../runtime-fixture.ts';
import type { Runtime } from '../runtime.ts';
import { runOwnIsolated } from './isolated.ts';
import { cancelLiveRun, followLiveRun, liveRunStatus, startLiveRun } from './live-runs.ts';
import type { LiveRequest } from './types.ts';

let shop: TestShop;
let runtime: Runtime;

beforeEach(async () => {
  shop = await openTestShop();
  runtime = await shop.open({ isolateOwnTools: true });
});
afterEach(() => shop.close());

function tool(command: string): LiveRequest {
  return { kind: 'tool', tool: 'shop-guard', command, input: {} };
}

async function until(runId: string, state: string): Promise<number> {
  for (;;) {
    const { run } = liveRunStatus(runtime, runId);
    if (run.state === state && run.pid !== null) return run.pid;
    await sleep(20);
  }
}

describe('a live run', () => {
  it('leaves its report under the id that was promised, also for whoever comes later', async () => {
    const runId = await startLiveRun(runtime, tool('probe'));
    const { run, report } = await followLiveRun(runtime, runId, { signal: NEVER });
    expect(run).toMatchObject({ state: 'completed', what: 'shop-guard probe', error: null });
    expect(report).toMatchObject({ runId, status: 'pass', tool: 'shop-guard' });
    const later = await shop.open();
    expect(liveRunStatus(later, runId).report?.runId).toBe(runId);
  });

  it('stops when it is told to', async () => {
    const runId = await startLiveRun(runtime, tool('hang'));
    const pid = await until(runId, 'running');
    const { run } = await cancelLiveRun(runtime, runId);
    expect(run.state).toBe('cancelled');
    expect((await cancelLiveRun(runtime, runId)).run.state).toBe('cancelled');
    await until(runId, 'cancelled');
    expect(pid).toBeGreaterThan(0);
  });

  it('is told as lost when its process is gone', async () => {
    const runId = await startLiveRun(runtime, tool('hang'));
    process.kill(await until(runId, 'running'), 'SIGKILL');
    const { run, report } = await followLiveRun(runtime, runId, { signal: NEVER });
    expect(run).toMatchObject({ state: 'failed', error: { code: 'E_RUN_LOST' } });
    expect(report).toBeNull();
  });

  it('goes on when whoever follows it has enough of waiting', async () => {
    const runId = await startLiveRun(runtime, tool('hang'));
    const { run } = await followLiveRun(runtime, runId, { signal: NEVER, waitMs: 50 });
    expect(['queued', 'running']).toContain(run.state);
    await until(runId, 'running');
    await cancelLiveRun(runtime, runId);
  });

  it('is asked for by an id that nobody knows', () => {
    expect(() => liveRunStatus(runtime, 'nothing')).toThrow(/No run nothing/);
  });
});

describe('a tool of one of ours beside others', () => {
  it('gives what it gives alone', async () => {
    const { report, exitCode } = await runOwnIsolated(runtime, {
      tool: 'shop-guard',
      command: 'probe',
      input: {},
      signal: NEVER,
    });
    expect(exitCode).toBe(0);
    expect(report.status).toBe('pass');
  });

  it('is cut off when its process dies, and when it does not end at all', async () => {
    const run = (command: string, signal: AbortSignal): Promise<unknown> =>
      runOwnIsolated(runtime, { tool: 'shop-guard', command, input: {}, signal });
    await expect(run('die', NEVER)).rejects.toMatchObject({ code: 'E_TOOL_CUT_OFF' });
    const deadline = new AbortController();
    const spinning = run('spin', deadline.signal);
    await sleep(1_500);
    deadline.abort();
    await expect(spinning).rejects.toMatchObject({ code: 'E_TOOL_CUT_OFF' });
  }, 30_000);

  it('takes nothing with it in a workflow that runs by itself', async () => {
    const steps = ['shop-guard die', 'shop-guard probe'];
    await shop.configure({ workflows: { mine: { summary: 's', steps } } });
    const fresh = await shop.open({ isolateOwnTools: true });
    const runId = await startLiveRun(fresh, { kind: 'workflow', workflow: 'mine' });
    const { report } = await followLiveRun(fresh, runId, { signal: NEVER });
    const data = report?.data as
      | { steps: { name: string; status: string; error?: { code: string } }[] }
      | undefined;
    expect(data?.steps.map(({ status, error }) => error?.code ?? status)).toEqual(['E_TOOL_CUT_OFF', 'pass']);
  }, 30_000);
});
