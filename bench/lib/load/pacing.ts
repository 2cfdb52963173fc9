import { median } from '../../../src/core/statistics/summary.ts';
import { installed } from '../../../src/platform/test-support/debian-program.ts';
import { type BenchOptions, type BenchRow, notRun, row } from '../bench.ts';
import type { EngineMeasure } from './engine-subject.ts';
import { measureEngine, planFor, startFixedServer } from './engine-trial.ts';

const RATES = [1_000, 10_000];
const LAG_GOAL = { op: '<=', value: 0.25 } as const;
const TWIN_GOAL = { op: '<=', value: 0.35 } as const;
const TWIN = 'the same worker paced by setTimeout(1)';

/**
 * How late requests leave after their intended times, and what that would do to the response times of a tool that does not know
 * its own lag: the median of both together, beside a twin that only has the event loop's timers. Pairs take turns.
 */
export async function pacingRows({ quick, log }: BenchOptions): Promise<BenchRow[]> {
  if (!installed('nginx')) {
    return RATES.map((rate) => notRun(lagName(rate), 'ms', 'nginx is not installed', LAG_GOAL));
  }
  const server = await startFixedServer();
  try {
    const rows: BenchRow[] = [];
    for (const rate of RATES) rows.push(...(await pairsAt(rate, server.port, { quick, log })));
    return rows;
  } finally {
    await server.stop();
  }
}

async function pairsAt(rate: number, port: number, { quick, log }: BenchOptions): Promise<BenchRow[]> {
  const rounds = quick ? 1 : 5;
  const stage = { from: rate, to: rate, durationMs: quick ? 3_000 : 6_000 };
  const plan = planFor(port, { kind: 'arrivals', stages: [stage], spacing: 'even' }, { connections: 50 });
  const own: EngineMeasure[] = [];
  const twin: EngineMeasure[] = [];
  for (let round = 0; round < rounds; round += 1) {
    own.push(await measureEngine({ plan }));
    twin.push(await measureEngine({ plan, pacing: 'batch' }));
    log(
      `pacing at ${rate}/s: lag p50 ${own.at(-1)?.lagP50} ms, with setTimeout(1) ${twin.at(-1)?.lagP50} ms`,
    );
  }
  const lag = middle(own, ({ lagP50 }) => lagP50);
  const ratio = median(own.map((one, round) => seen(one) / seen(twin[round]!)));
  const samples = own.reduce((sum, { sent }) => sum + sent, 0);
  const p99 = middle(own, ({ lagP99 }) => lagP99);
  return [
    row({
      name: lagName(rate),
      value: lag,
      unit: 'ms',
      goal: LAG_GOAL,
      peer: { name: TWIN, value: middle(twin, ({ lagP50 }) => lagP50) },
      samples,
      note: `p99 ${p99?.toFixed(2)} ms; ${percent(own)} of a core, the twin ${percent(twin)}`,
    }),
    row({
      name: `pacing: median response with the lag at ${rate}/s, beside the twin`,
      value: ratio,
      unit: 'x',
      goal: TWIN_GOAL,
      samples: rounds,
    }),
  ];
}

function lagName(rate: number): string {
  return `pacing: lag p50 at ${rate}/s`;
}

/** What somebody would read who measures from the intended time and cannot tell the generator from the server. */
function seen({ responseP50, lagP50 }: EngineMeasure): number {
  return (responseP50 ?? Number.NaN) + (lagP50 ?? Number.NaN);
}

function middle(
  measures: readonly EngineMeasure[],
  pick: (measure: EngineMeasure) => number | null,
): number | null {
  return median(measures.map(pick).filter((value) => value !== null));
}

function percent(measures: readonly EngineMeasure[]): string {
  const shares = measures.map(({ cpuMs, spanMs }) => (cpuMs / spanMs) * 100);
  return `${Math.round(median(shares) ?? 0)} %`;
}
