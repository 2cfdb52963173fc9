import { createRedactor } from '../../../src/core/redact.ts';
import { seededRandom, randomInteger } from '../../../src/core/statistics/random.ts';
import type { LogCheckpoint, LogSources } from '../../../src/platform/log-source/types.ts';
import { mergeSegments } from '../../../src/tools/error-analyzer/analyze/segments/merge.ts';
import type { SegmentDocument } from '../../../src/tools/error-analyzer/analyze/segments/types.ts';
import { ingestLogs } from '../../../src/tools/error-analyzer/collect/ingest.ts';
import type { IngestBatch, IngestOptions } from '../../../src/tools/error-analyzer/collect/types.ts';
import { type BenchOptions, type BenchRow, row } from '../bench.ts';
import { logChunks, type LogKind } from './ingest/log-text.ts';

/** A run that was ended after any of its batches and taken up again, many times, beside one that was not. */
export async function ingestResumeRows({ quick, log }: BenchOptions): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const kind of ['syslog', 'pino'] as const) {
    const bytes = Buffer.concat(
      Array.from(logChunks(kind, quick ? 20_000 : 400_000), (chunk) => Buffer.from(chunk)),
    );
    const whole = createFolds();
    await ingestLogs(optionsFor(bytes, bytes.length, [], (batch) => whole.take(batch)));
    const { folds, kills } = await interrupted(kind, bytes);
    log(`resume: ${kind}: ended ${kills} times`);
    rows.push(
      row({
        name: `resume: ${kind}, segments that differ from those of one run`,
        value: whole.differences(folds),
        unit: 'segments',
        goal: { op: '=', value: 0 },
        samples: kills,
        note: `ended ${kills} times`,
      }),
    );
  }
  return rows;
}

async function interrupted(kind: LogKind, bytes: Buffer): Promise<{ folds: Folds; kills: number }> {
  const random = seededRandom(kind.length);
  const folds = createFolds();
  for (let kills = 0; ; kills += 1) {
    const lastBatch = 1 + randomInteger(random, 4);
    let batches = 0;
    // Each run cuts the bytes elsewhere; a batch that is not taken is lost with its run.
    const chunkBytes = 50_000 + randomInteger(random, 100_000);
    const { report } = await ingestLogs(
      optionsFor(bytes, chunkBytes, folds.checkpoints(), (batch) => {
        batches += 1;
        return batches <= lastBatch && folds.take(batch);
      }),
    );
    if (!report.superseded) return { folds, kills };
  }
}

interface Folds {
  take(batch: IngestBatch): boolean;
  checkpoints(): LogCheckpoint[];
  documents: ReadonlyMap<number, SegmentDocument>;
  differences(other: Folds): number;
}

/** Segments and checkpoints as the store keeps them. */
function createFolds(): Folds {
  const documents = new Map<number, SegmentDocument>();
  let stored: LogCheckpoint[] = [];
  return {
    documents,
    checkpoints: () => stored,
    take({ segments, checkpoints }) {
      for (const segment of segments) {
        const before = documents.get(segment.startMs);
        documents.set(segment.startMs, before === undefined ? segment : mergeSegments(before, segment));
      }
      stored = checkpoints.map(({ after }) => JSON.parse(JSON.stringify(after)) as LogCheckpoint);
      return true;
    },
    differences(other) {
      const starts = new Set([...documents.keys(), ...other.documents.keys()]);
      return [...starts].filter(
        (start) => JSON.stringify(documents.get(start)) !== JSON.stringify(other.documents.get(start)),
      ).length;
    },
  };
}

function optionsFor(
  bytes: Buffer,
  chunkBytes: number,
  checkpoints: readonly LogCheckpoint[],
  onBatch: (batch: IngestBatch) => boolean,
): IngestOptions {
  return {
    sources: chunksOf(bytes, chunkBytes),
    read: { specs: [{ kind: 'stdin' }], checkpoints, follow: false, signal: new AbortController().signal },
    zoneOffsetMinutes: 0,
    range: { fromMs: 0, toMs: Date.UTC(2100) },
    redact: createRedactor([]),
    nowMs: () => Date.UTC(2026, 2, 2),
    batchBytes: 200_000,
    onBatch,
  };
}

function chunksOf(bytes: Buffer, chunkBytes: number): LogSources {
  const stream = { name: 'app.log', location: 'app.log', modifiedMs: Date.UTC(2026, 2, 2) };
  return {
    files: async () => [],
    async *read({ checkpoints }) {
      for (let at = checkpoints[0]?.atByte ?? 0; at < bytes.length; at += chunkBytes) {
        yield { type: 'chunk', stream, file: null, atByte: at, bytes: bytes.subarray(at, at + chunkBytes) };
      }
      yield { type: 'end', stream, file: null, atByte: bytes.length };
    },
  };
}
