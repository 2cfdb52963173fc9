import { isAtLeast } from '../../../src/core/severity.ts';
import { burnRate, type Objective, outcomesOf } from '../../../src/core/slo.ts';
import { type BenchRow, notRun, row } from '../bench.ts';
import { inTemporaryFolder } from '../temporary-folder.ts';
import { DAY_MS, HOUR_MS, isWithin, makeMonth, MINUTE_MS, type Month } from './month.ts';
import { burnByPrometheus, missingPrometheus } from './prometheus-replay.ts';
import { simulateWatch } from './simulated-watch.ts';

/** 2026-10-01, midnight: any start will do, this one makes reports readable. */
const START_MS = Date.UTC(2026, 9, 1);
const DAYS = { quick: 6, full: 30 };
const OBJECTIVE: Objective = { target: 0.995, windowMs: 30 * DAY_MS };
const WINDOWS_MS = [5 * MINUTE_MS, 30 * MINUTE_MS, HOUR_MS, 2 * HOUR_MS, 6 * HOUR_MS, DAY_MS, 3 * DAY_MS];
const PAGE_WITHIN_MS = 5 * MINUTE_MS;

/** Thirty days of probes a minute apart: who is told what, and the burn rates against a real Prometheus. */
export async function benchReplay(quick: boolean, log: (line: string) => void): Promise<BenchRow[]> {
  const days = quick ? DAYS.quick : DAYS.full;
  const month = makeMonth(START_MS, days);
  log(`replaying ${days} days, ${month.probes.length} probes`);
  return inTemporaryFolder(async (folder) => {
    const watch = simulateWatch(folder, { availability: OBJECTIVE.target * 100, intervalMs: MINUTE_MS });
    for (const probe of month.probes) {
      watch.probe(probe);
      if (probe.atMs % HOUR_MS < MINUTE_MS) while (watch.store.maintain(probe.atMs).more);
    }
    const messages = watch.messages();
    watch.close();
    return [...judge(messages, month, days), ...(await compareBurnRates(folder, month, log))];
  });
}

function judge(
  messages: ReturnType<ReturnType<typeof simulateWatch>['messages']>,
  month: Month,
  days: number,
): BenchRow[] {
  const fired = messages.filter(({ kind }) => kind === 'firing' || kind === 'update');
  const pages = fired.filter(({ severity }) => isAtLeast(severity, 'high'));
  const tickets = fired.filter(({ severity }) => !isAtLeast(severity, 'high'));
  const [page] = pages;
  const pagedAfterMs = page === undefined ? null : page.atMs - month.outage.fromMs;
  // The longest window of the rules still holds the burn so long after it.
  const burn = { fromMs: month.burn.fromMs, toMs: month.burn.toMs + 3 * DAY_MS };
  const ofBurn = tickets.filter(({ atMs }) => isWithin(atMs, burn, 0));
  const afterwards = ofBurn.filter(({ atMs }) => atMs >= month.burn.toMs);
  const elsewhere = fired.filter(
    ({ atMs }) => !isWithin(atMs, month.outage, HOUR_MS) && !isWithin(atMs, burn, 0),
  );
  return [
    row({
      name: `replay of ${days} days: pages for a 14 minute outage`,
      value: pages.length,
      unit: 'pages',
      goal: { op: '=', value: 1 },
      samples: month.probes.length,
    }),
    row({
      name: 'time from the first failure to the page',
      value: pagedAfterMs === null ? null : Number((pagedAfterMs / MINUTE_MS).toFixed(1)),
      unit: 'min',
      goal: { op: '<=', value: PAGE_WITHIN_MS / MINUTE_MS },
      note: 'the replay has a probe a minute and no immediate confirmation, which a running watch has',
    }),
    row({
      name: 'tickets during the slow burn of 1 % (objective 99.5 %)',
      value: ofBurn.length,
      unit: 'tickets',
      goal: { op: '>=', value: 1 },
      note: `${afterwards.length} of them in the three days after it, which the longest window still sees`,
    }),
    row({
      name: 'messages about lone failures outside of outage and burn',
      value: elsewhere.length,
      unit: 'messages',
      goal: { op: '=', value: 0 },
      samples: month.lone.length,
    }),
  ];
}

async function compareBurnRates(
  folder: string,
  month: Month,
  log: (line: string) => void,
): Promise<BenchRow[]> {
  const name = 'burn rates that differ from Prometheus';
  const missing = missingPrometheus();
  if (missing.length > 0) return [notRun(name, 'values', `not installed: ${missing.join(', ')}`)];
  log('asking a real Prometheus about the same series');
  const endMs = START_MS + month.probes.length * MINUTE_MS;
  const times = [
    ...Array.from({ length: 60 }, (_, index) => month.outage.fromMs + index * MINUTE_MS),
    ...Array.from({ length: 200 }, (_, index) => START_MS + 4 * DAY_MS + index * 3 * HOUR_MS),
  ].filter((atMs) => atMs <= endMs);
  const outcomes = outcomesOf(
    month.probes.map(({ atMs, ok }) => ({
      startMs: Math.floor(atMs / MINUTE_MS) * MINUTE_MS,
      bucketMs: MINUTE_MS,
      good: ok ? 1 : 0,
      bad: ok ? 0 : 1,
    })),
  );
  const theirs = await burnByPrometheus(folder, month.probes, {
    objective: OBJECTIVE,
    windowsMs: WINDOWS_MS,
    times,
  });
  let differing = 0;
  let largest = 0;
  for (const { atMs, windowMs, rate } of theirs) {
    const ours = burnRate(OBJECTIVE, outcomes(atMs - windowMs, atMs)) ?? 0;
    const difference = Math.abs(ours - rate);
    largest = Math.max(largest, difference);
    if (difference > 1e-9 * Math.max(1, rate)) differing += 1;
  }
  return [
    row({
      name,
      value: differing,
      unit: 'values',
      goal: { op: '=', value: 0 },
      samples: theirs.length,
      note: `largest difference ${largest.toExponential(1)}`,
    }),
  ];
}
