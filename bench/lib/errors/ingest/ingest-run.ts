import { createRedactor } from '../../../../src/core/redact.ts';
import { createComputeThreads } from '../../../../src/platform/compute/threads.ts';
import { createLogSources } from '../../../../src/platform/log-source/sources.ts';
import type { LogSources } from '../../../../src/platform/log-source/types.ts';
import { ingestLogs } from '../../../../src/tools/error-analyzer/collect/ingest.ts';
import type { IngestOptions } from '../../../../src/tools/error-analyzer/collect/types.ts';
import { logChunks, type LogKind } from './log-text.ts';

/** What the process is told: a file, or lines that are made as they are read. */
export type IngestOrder = { path: string; workers: number } | { kind: LogKind; lines: number; workers: 1 };

/** What it prints, as one line of JSON. */
export interface IngestFigures {
  seconds: number;
  lines: number;
  records: number;
  errors: number;
  overflowed: number;
  /** Sum of the counts per minute of all segments. */
  counted: number;
  groups: number;
  residentBytes: number;
}

/** Reads in a process of its own, so that its memory and nothing else is measured. */
const order = JSON.parse(process.argv[2] ?? '') as IngestOrder;
const options: Omit<IngestOptions, 'sources' | 'read'> = {
  zoneOffsetMinutes: 0,
  range: { fromMs: 0, toMs: Date.UTC(2100) },
  redact: createRedactor([]),
  nowMs: () => Date.UTC(2026, 2, 2),
  threads: createComputeThreads(),
  workers: order.workers,
};
const read = { checkpoints: [], follow: false, signal: new AbortController().signal };
const started = performance.now();
const { segments, report } = await ('path' in order
  ? ingestLogs({
      ...options,
      sources: createLogSources(),
      read: { ...read, specs: [{ kind: 'files', path: order.path }] },
    })
  : ingestLogs({
      ...options,
      sources: madeLines(order.kind, order.lines),
      read: { ...read, specs: [{ kind: 'stdin' }] },
    }));
const figures: IngestFigures = {
  seconds: (performance.now() - started) / 1_000,
  lines: report.lines,
  records: report.records,
  errors: report.errors,
  overflowed: report.overflowed,
  counted: segments.reduce((sum, { records }) => sum + everySecond(records), 0),
  groups: segments.reduce((sum, { groups }) => sum + groups.length, 0),
  residentBytes: process.resourceUsage().maxRSS * 1_024,
};
process.stdout.write(`${JSON.stringify(figures)}\n`);

function everySecond(counts: readonly number[]): number {
  return counts.reduce((sum, value, at) => (at % 2 === 1 ? sum + value : sum), 0);
}

function madeLines(kind: LogKind, lines: number): LogSources {
  const stream = { name: 'stdin', location: 'stdin', modifiedMs: null };
  return {
    files: async () => [],
    async *read() {
      let atByte = 0;
      for (const bytes of logChunks(kind, lines)) {
        yield { type: 'chunk', stream, file: null, atByte, bytes };
        atByte += bytes.length;
      }
      yield { type: 'end', stream, file: null, atByte };
    },
  };
}
