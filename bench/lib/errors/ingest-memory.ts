import { type BenchOptions, type BenchRow, row } from '../bench.ts';
import { ingestInProcess } from './ingest/ingest-process.ts';
import type { LogKind } from './ingest/log-text.ts';

const MEBIBYTE = 1024 ** 2;

/** Memory at its highest for 10 GB of lines, and for words that never come again; and whether every line was counted. */
export async function ingestMemoryRows({ quick, log }: BenchOptions): Promise<BenchRow[]> {
  const trials: readonly { kind: LogKind; lines: number; what: string }[] = [
    { kind: 'syslog', lines: quick ? 500_000 : 130_000_000, what: quick ? '40 MB' : '10 GB' },
    {
      kind: 'distinct-words',
      lines: quick ? 200_000 : 5_000_000,
      what: `${quick ? '0.2' : '5'} M distinct words`,
    },
  ];
  const rows: BenchRow[] = [];
  for (const { kind, lines, what } of trials) {
    const figures = await ingestInProcess({ kind, lines, workers: 1 });
    log(`memory: ${what}: ${JSON.stringify(figures)}`);
    rows.push(
      row({
        name: `memory: ${what}, resident at most`,
        value: figures.residentBytes / MEBIBYTE,
        unit: 'MiB',
        goal: { op: '<=', value: 256 },
        note: `${figures.groups} groups kept, ${figures.overflowed} records past a cap`,
      }),
      row({
        name: `memory: ${what}, lines not counted`,
        value: lines - figures.counted,
        unit: 'lines',
        goal: { op: '=', value: 0 },
        samples: figures.lines,
      }),
    );
  }
  return rows;
}
