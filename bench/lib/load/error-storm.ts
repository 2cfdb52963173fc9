import type { LoadModel } from '../../../src/core/load/plan.ts';
import { type BenchRow, row } from '../bench.ts';
import { arrivals, users } from '../../../src/core/load/plan-fixture.ts';
import { benchPlan, runPlan } from './load-run.ts';
import type { StageAccount } from './stage-process.ts';
import { startStageServer } from './stage-server.ts';

const CALM_MS = 3_000;
const RUN_MS = 15_000;
/** The tool's own default. */
const ERROR_BUDGET = { share: 0.5, minRequests: 50 };

/** From one moment on the server answers nothing but 500: how long it is put under load after that. */
export async function errorStormRows(log: (line: string) => void): Promise<BenchRow[]> {
  const models: readonly [string, LoadModel][] = [
    ['1,000 sessions/s', arrivals(1_000, RUN_MS)],
    ['20 users', users(20, RUN_MS)],
  ];
  const rows: BenchRow[] = [];
  for (const [name, model] of models) {
    log(`error storm, ${name}`);
    rows.push(...(await storm(name, model)));
  }
  return rows;
}

async function storm(name: string, model: LoadModel): Promise<BenchRow[]> {
  const server = await startStageServer();
  try {
    server.tell({ kind: 'storm', afterMs: CALM_MS });
    const plan = benchPlan(server.url, model, { limits: { errorBudget: ERROR_BUDGET } });
    const { outcome, figures } = await runPlan(plan);
    const account = await server.account();
    const { halvedMs, silentMs } = decline(account);
    const note = `${outcome.stopReason}; ${figures.failed} of ${figures.sent} requests failed`;
    return [
      row({
        name: `error storm, ${name}: half of the rate was left after`,
        value: halvedMs,
        unit: 'ms',
        goal: { op: '<=', value: 1_000 },
        samples: account.requests,
        note,
      }),
      row({
        name: `error storm, ${name}: the last request came after`,
        value: silentMs,
        unit: 'ms',
        goal: { op: '<=', value: 3_000 },
        samples: account.requests,
      }),
    ];
  } finally {
    await server.stop();
  }
}

/** By what the server saw in each 100 ms. A second before the storm is what "the rate before" means. */
function decline({ bins, stormAtMs, lastAtMs }: StageAccount): {
  halvedMs: number | null;
  silentMs: number | null;
} {
  if (stormAtMs === null || lastAtMs === null) return { halvedMs: null, silentMs: null };
  const before = bins.filter(({ atMs }) => atMs >= stormAtMs - 1_100 && atMs < stormAtMs - 100);
  const half = before.reduce((sum, { requests }) => sum + requests, 0) / 10 / 2;
  const lastFull = bins.findLast(({ requests }) => requests > half);
  const halvedAtMs = lastFull === undefined ? stormAtMs : lastFull.atMs + 100;
  return {
    halvedMs: Math.max(0, Math.round(halvedAtMs - stormAtMs)),
    silentMs: Math.max(0, Math.round(lastAtMs - stormAtMs)),
  };
}
