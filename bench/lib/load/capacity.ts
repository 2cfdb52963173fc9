import type { Report } from '../../../src/core/report.ts';
import { type BenchOptions, type BenchRow, row } from '../bench.ts';
import { runCli } from '../cli.ts';
import { writeConfig } from '../daemon-process.ts';
import { inTemporaryFolder } from '../temporary-folder.ts';
import { startQueueServer } from './queue-server.ts';

const SERVERS = [
  { places: 8, serviceMs: 20 },
  { places: 4, serviceMs: 50 },
] as const;
const REPETITIONS = 3;

interface Found {
  meets: number | null;
  steps: readonly unknown[];
  end: string;
  breaking: { completedAtMost: number } | null;
}

/** The real command on servers of known capacity, again and again: how far off it is, and after how many steps. */
export async function capacityRows({ log, quick }: BenchOptions): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const { places, serviceMs } of quick ? SERVERS.slice(0, 1) : SERVERS) {
    const server = await startQueueServer(places, serviceMs);
    const found: Found[] = [];
    try {
      for (let time = 1; time <= (quick ? 2 : REPETITIONS); time += 1) {
        log(`${places} places of ${serviceMs} ms, ${time}`);
        found.push(await search(server.url, quick ? '3s' : '5s'));
      }
    } finally {
      await server.stop();
    }
    rows.push(...rowsOf(`${places} places of ${serviceMs} ms`, server.capacity, found));
  }
  return rows;
}

function rowsOf(name: string, capacity: number, found: readonly Found[]): BenchRow[] {
  const off = found.map(({ meets }) => (meets === null ? 100 : Math.abs(meets / capacity - 1) * 100));
  const said = found.map(({ meets, end }) => (meets === null ? end : String(meets))).join(', ');
  return [
    row({
      name: `${name}: furthest from the true capacity`,
      value: Number(Math.max(...off).toFixed(1)),
      unit: '%',
      goal: { op: '<=', value: 5 },
      samples: found.length,
      note: `${capacity}/s in truth; said ${said}`,
    }),
    row({
      name: `${name}: steps, at most`,
      value: Math.max(...found.map(({ steps }) => steps.length)),
      unit: 'steps',
      goal: { op: '<=', value: 10 },
      samples: found.length,
      note: `the breaking point was said to be ${found.map(({ breaking }) => breaking?.completedAtMost.toFixed(0) ?? 'nowhere').join(', ')}`,
    }),
  ];
}

function search(url: string, step: string): Promise<Found> {
  return inTemporaryFolder(async (folder) => {
    await writeConfig(folder, { targets: { queue: { baseUrl: url } } });
    const { stdout, stderr } = await runCli(['load', 'capacity', '--json', '--step', step], folder);
    const report = JSON.parse(stdout) as Report;
    if (report.error !== undefined) throw new Error(`${report.error.message} ${stderr}`);
    return report.data as Found;
  });
}
