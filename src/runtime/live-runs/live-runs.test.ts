import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../platform/clock.ts';
import { isProcessRunning } from '../../platform/is-process-running.ts';
import type { LiveRun } from '../../store/live-run-store.ts';
import { NEVER, openTestShop, type TestShop } from '../runtime-fixture.ts';
import type { Runtime } from '../runtime.ts';
import { runOwnIsolated } from './isolated.ts';
import { listRuns, showRun } from './list.ts';
import { cancelLiveRun, followLiveRun, isOver, liveRunStatus, startLiveRun } from './live-runs.ts';
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

async function untilRuns(where: Runtime, what: string): Promise<LiveRun> {
  for (;;) {
    const active = where.openStore().liveRuns.active();
    const found = active.find((run) => run.what === what && run.state === 'running');
    if (found !== undefined) return found;
    await sleep(20);
  }
}

async function untilGone(pid: number): Promise<void> {
  while (isProcessRunning(pid)) await sleep(20);
}

/** The row of a run; silent since it was made. */
function addRun(runId: string, createdAtMs: number, pid: number | null): void {
  const { liveRuns } = runtime.openStore();
  const rest = { progress: null, error: null, endedAtMs: null };
  liveRuns.add({
    runId,
    what: 'check',
    request: { kind: 'check' },
    state: 'running',
    createdAtMs,
    pid,
    ...rest,
  });
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

  it.each<[string, LiveRequest, string]>([
    ['of a tool', tool('probe'), 'pass'],
    ['of a tool that fails', tool('crash'), 'unknown'],
    ['of a check', { kind: 'check', tools: ['shop-guard'] }, 'pass'],
    ['of a workflow', { kind: 'workflow', workflow: 'mine' }, 'pass'],
    ['of verify', { kind: 'verify', finding: 'shop-00000000' }, 'unknown'],
  ])('is one run %s, listed once, and shown', async (_, request, status) => {
    await shop.configure({ workflows: { mine: { summary: 's', steps: ['shop-guard probe'] } } });
    const fresh = await shop.open({ isolateOwnTools: true });
    const runId = await startLiveRun(fresh, request);
    const { report } = await followLiveRun(fresh, runId, { signal: NEVER });
    expect(report).toMatchObject({ runId, status });
    const { report: list } = await listRuns(fresh, 50);
    const { runs } = list.data as { runs: { runId: string }[] };
    expect(runs.filter((run) => run.runId === runId)).toHaveLength(1);
    expect((await showRun(fresh, runId)).report).toMatchObject({ tool: report?.tool, data: report?.data });
  });

  it('keeps nothing of a report that nobody could read', async () => {
    const runId = await startLiveRun(runtime, tool('swell'));
    const { report } = await followLiveRun(runtime, runId, { signal: NEVER });
    expect(report).toMatchObject({ status: 'unknown', error: { code: 'E_TOOL_CUT_OFF' }, sections: [] });
    expect(report?.error?.message).toMatch(/its report has \d+ bytes, and 33554432 are allowed/);
    expect(runtime.openStore().findings.list({})).toEqual([]);
  });

  it('stops when it is told to', async () => {
    const runId = await startLiveRun(runtime, tool('hang'));
    const pid = await until(runId, 'running');
    const { run } = await cancelLiveRun(runtime, runId);
    expect(run.state).toBe('cancelled');
    expect((await cancelLiveRun(runtime, runId)).run.state).toBe('cancelled');
    await untilGone(pid);
  });

  it('is told as lost when its process is gone', async () => {
    const runId = await startLiveRun(runtime, tool('hang'));
    process.kill(await until(runId, 'running'), 'SIGKILL');
    const { run, report } = await followLiveRun(runtime, runId, { signal: NEVER });
    expect(run).toMatchObject({ state: 'failed', error: { code: 'E_RUN_LOST' } });
    expect(report).toBeNull();
  });

  it('is told as lost at once when its process ends before it said anything', async () => {
    const runId = await startLiveRun(runtime, tool('hang'));
    process.kill(liveRunStatus(runtime, runId).run.pid ?? 0, 'SIGKILL');
    const { run } = await followLiveRun(runtime, runId, { signal: NEVER });
    expect(run).toMatchObject({ state: 'failed', error: { code: 'E_RUN_LOST' } });
  });

  it('never ends a stranger who was given the id of its process', async () => {
    const stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
      detached: true,
      stdio: 'ignore',
    });
    await once(stranger, 'spawn');
    try {
      addRun('20260101T000000-00000001', systemClock.wallMs() - 3_600_000, stranger.pid ?? null);
      const { run } = liveRunStatus(runtime, '20260101T000000-00000001');
      expect(run).toMatchObject({ state: 'failed', error: { code: 'E_RUN_LOST' } });
      // Its end would be reported by now: a SIGKILL is obeyed at once, and this waits for another process to come and go.
      spawnSync(process.execPath, ['-e', '']);
      await sleep(50);
      expect([stranger.exitCode, stranger.signalCode]).toEqual([null, null]);
    } finally {
      stranger.kill('SIGKILL');
    }
  });

  it('ends its process when somebody told it as lost all the same', async () => {
    const runId = await startLiveRun(runtime, tool('hang'));
    const pid = await until(runId, 'running');
    runtime.openStore().liveRuns.transition(runId, { state: 'failed' }, systemClock.wallMs());
    await untilGone(pid);
    expect(liveRunStatus(runtime, runId).run.state).toBe('failed');
  });

  it('ends with the process that it is part of', async () => {
    const { pid: ended } = spawnSync(process.execPath, ['-e', '']);
    const runId = await startLiveRun(runtime, tool('hang'), { ownerPid: ended });
    const { run } = await followLiveRun(runtime, runId, { signal: NEVER });
    expect(run.state).toBe('cancelled');
  });

  it('is not told as lost because the machine slept', async () => {
    // The clock is an hour on with the second look, as after a night; the run says that it lives as soon as it is given a moment.
    let looks = 0;
    let aheadMs = 0;
    const clock = {
      ...systemClock,
      wallMs: () => systemClock.wallMs() + aheadMs,
      sleep: (ms: number, signal?: AbortSignal) => {
        looks += 1;
        aheadMs = looks === 1 ? 3_600_000 : 0;
        return systemClock.sleep(ms, signal);
      },
    };
    const runId = await startLiveRun(runtime, tool('hang'));
    await until(runId, 'running');
    const fresh = await shop.open({ clock });
    const { run } = await followLiveRun(fresh, runId, { signal: NEVER, waitMs: 300 });
    expect(run.state).toBe('running');
    await cancelLiveRun(runtime, runId);
  });

  it('is listed while it is under way, however many began after it', async () => {
    const runId = await startLiveRun(runtime, tool('hang'));
    await until(runId, 'running');
    const { liveRuns } = runtime.openStore();
    const later = systemClock.wallMs() + 1_000;
    for (let index = 0; index < 3; index += 1) {
      addRun(`2027-${index}`, later, null);
      liveRuns.transition(`2027-${index}`, { state: 'completed', endedAtMs: later }, later);
    }
    const { report } = await listRuns(runtime, 2);
    expect(report.summary).toBe('1 under way.');
    await cancelLiveRun(runtime, runId);
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

  it('fails for what the caller calls a failure, whatever the config says', async () => {
    shop.status = 500;
    const request = { tool: 'shop-guard', command: 'probe', input: {}, signal: NEVER };
    const { report, exitCode } = await runOwnIsolated(runtime, { ...request, failOn: 'critical' });
    expect(report.findings.map(({ severity }) => severity)).toEqual(['high']);
    expect([report.status, exitCode]).toEqual(['pass', 0]);
    expect((await runOwnIsolated(runtime, request)).exitCode).toBe(1);
  });

  it('is cut off when its process dies, and when it does not end at all', async () => {
    const run = (command: string, signal: AbortSignal): Promise<unknown> =>
      runOwnIsolated(runtime, { tool: 'shop-guard', command, input: {}, signal });
    await expect(run('die', NEVER)).rejects.toMatchObject({ code: 'E_TOOL_CUT_OFF' });
    const deadline = new AbortController();
    const spinning = run('spin', deadline.signal);
    await untilRuns(runtime, 'shop-guard spin');
    deadline.abort();
    await expect(spinning).rejects.toMatchObject({ code: 'E_TOOL_CUT_OFF' });
  }, 30_000);

  it('is ended together with the run that it is a step of', async () => {
    await shop.configure({ workflows: { mine: { summary: 's', steps: ['shop-guard spin'] } } });
    const fresh = await shop.open({ isolateOwnTools: true });
    const outer = await startLiveRun(fresh, { kind: 'workflow', workflow: 'mine' });
    const { runId: inner, pid } = await untilRuns(fresh, 'shop-guard spin');
    await cancelLiveRun(fresh, outer);
    expect(isOver(liveRunStatus(fresh, inner).run)).toBe(true);
    await untilGone(pid ?? 0);
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
