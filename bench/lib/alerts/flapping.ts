import { type BenchRow, row } from '../bench.ts';
import { inTemporaryFolder } from '../temporary-folder.ts';
import { HOUR_MS, MINUTE_MS } from './month.ts';
import { simulateWatch } from './simulated-watch.ts';

const START_MS = Date.UTC(2026, 9, 1);
const INTERVAL_MS = 10_000;
const QUIET_MS = HOUR_MS;
const FLAPPING_MS = 30 * MINUTE_MS;
/** Half a period: how long it is down, and then up. */
const RHYTHMS_MS = [10_000, 20_000, 30_000, 60_000, 120_000, 240_000];

/** An endpoint that goes up and down for half an hour, in rhythms from one probe to four minutes. */
export async function benchFlapping(log: (line: string) => void): Promise<BenchRow[]> {
  log('flapping for 30 minutes, in six rhythms');
  const counts: number[] = [];
  for (const rhythmMs of RHYTHMS_MS) counts.push(await messagesFor(rhythmMs));
  return [
    row({
      name: 'messages for 30 minutes of flapping, the most of any rhythm',
      value: Math.max(...counts),
      unit: 'messages',
      goal: { op: '<=', value: 2 },
      samples: RHYTHMS_MS.length,
      note: RHYTHMS_MS.map((rhythm, index) => `${rhythm / 1_000} s: ${counts[index]}`).join(', '),
    }),
    row({
      name: 'rhythms that nobody was told of',
      value: counts.filter((count) => count === 0).length,
      unit: 'rhythms',
      goal: { op: '=', value: 0 },
    }),
  ];
}

function messagesFor(rhythmMs: number): Promise<number> {
  return inTemporaryFolder((folder) => {
    const watch = simulateWatch(folder, { availability: 99.9, intervalMs: INTERVAL_MS });
    const endMs = START_MS + QUIET_MS + FLAPPING_MS + 2 * QUIET_MS;
    for (let atMs = START_MS; atMs < endMs; atMs += INTERVAL_MS) {
      const sinceMs = atMs - START_MS - QUIET_MS;
      const isFlapping = sinceMs >= 0 && sinceMs < FLAPPING_MS;
      watch.probe({ atMs, ok: !isFlapping || Math.floor(sinceMs / rhythmMs) % 2 === 1 });
    }
    const count = watch.messages().length;
    watch.close();
    return Promise.resolve(count);
  });
}
