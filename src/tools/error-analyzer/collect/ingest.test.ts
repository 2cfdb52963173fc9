import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRedactor } from '../../../core/redact.ts';
import { createComputeThreads } from '../../../platform/compute/threads.ts';
import { createLogSources } from '../../../platform/log-source/sources.ts';
import type { LogCheckpoint, LogSources } from '../../../platform/log-source/types.ts';
import { mergeSegments } from '../analyze/segments/merge.ts';
import { spanOf } from '../analyze/segments/queries.ts';
import type { SegmentDocument } from '../analyze/segments/types.ts';
import { windowOf } from '../analyze/segments/window.ts';
import { ingestLogs } from './ingest.ts';
import type { IngestOptions } from './types.ts';

const T0 = Date.UTC(2026, 2, 1, 9);
let folder = '';
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'rearguard-ingest-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function optionsFor(path: string, more: Partial<IngestOptions> = {}): IngestOptions {
  return {
    sources: createLogSources(),
    read: {
      specs: [{ kind: 'files', path }],
      checkpoints: [],
      follow: false,
      signal: new AbortController().signal,
    },
    zoneOffsetMinutes: 0,
    range: { fromMs: 0, toMs: Date.UTC(2100) },
    redact: createRedactor([]),
    nowMs: () => T0,
    ...more,
  };
}

function pinoLine(at: number, error: boolean): string {
  const stack = `RangeError: order ${at} is gone\n    at Orders.find (/srv/app/releases/20260${at % 7}/src/orders.js:${at}:7)\n    at next (/srv/app/node_modules/express/router.js:2:1)`;
  return JSON.stringify({
    level: error ? 50 : 30,
    time: T0 + at * 1_000,
    hostname: `web-${at % 3}`,
    reqId: `r-${at}`,
    userId: `u-${at % 40}`,
    password: 'hunter2-hunter2',
    msg: error ? `order ${at} is gone` : `order ${at} shipped to anna${at}@example.com`,
    ...(error ? { err: { type: 'RangeError', message: `order ${at} is gone`, stack } } : {}),
  });
}

function writePino(lines: number): string {
  const path = join(folder, 'app.log');
  writeFileSync(path, Array.from({ length: lines }, (_, at) => `${pinoLine(at, at % 10 === 0)}\n`).join(''));
  return path;
}

/** A source of our own, so that chunks end anywhere. */
function chunksOf(bytes: Buffer, chunkBytes: number): LogSources {
  const stream = { name: 'app.log', location: 'app.log', modifiedMs: T0 };
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

/** As the store folds them. */
function fold(into: Map<number, SegmentDocument>, segments: readonly SegmentDocument[]): void {
  for (const segment of segments) {
    const stored = into.get(segment.startMs);
    into.set(segment.startMs, stored === undefined ? segment : mergeSegments(stored, segment));
  }
}

describe('reading logs into segments', () => {
  it('counts, groups and keeps errors, with nothing secret in what is kept', async () => {
    const { segments, report } = await ingestLogs(optionsFor(writePino(600)));
    expect(report).toMatchObject({ records: 600, errors: 60, lines: 600, withoutTime: 0, overflowed: 0 });
    expect(report.streams[0]).toMatchObject({ format: 'pino', failed: null });
    const window = windowOf(segments, spanOf(segments) ?? { fromMs: 0, toMs: 1 }, []);
    const [first, ...others] = window.groups;
    expect(first).toMatchObject({
      kind: 'exception',
      isError: true,
      count: 60,
      level: 'error',
      hosts: 3,
      requests: 60,
    });
    expect(first?.id).toMatch(/^e[0-9a-f]{12}$/);
    expect(first?.title).toContain('RangeError');
    expect(first?.culprit).toContain('Orders.find');
    expect(others.map(({ isError, count }) => [isError, count])).toEqual([[false, 540]]);
    expect(JSON.stringify(segments)).not.toContain('hunter2');
  });

  it('is the same, byte for byte, when it was killed and resumed', async () => {
    const bytes = Buffer.from(
      Array.from({ length: 1_200 }, (_, at) => `${pinoLine(at, at % 5 === 0)}\n`).join(''),
    );
    const whole = new Map<number, SegmentDocument>();
    fold(whole, (await ingestLogs({ ...optionsFor(''), sources: chunksOf(bytes, bytes.length) })).segments);

    const pieces = new Map<number, SegmentDocument>();
    let stored = '[]';
    let kills = 0;
    let moved = 0;
    for (let round = 0; round < 40; round += 1) {
      const { read, ...rest } = optionsFor('');
      let batches = 0;
      const run = ingestLogs({
        ...rest,
        // Every run cuts the bytes elsewhere.
        sources: chunksOf(bytes, 20_000 + round * 997),
        read: { ...read, checkpoints: JSON.parse(stored) as LogCheckpoint[] },
        batchBytes: 30_000,
        onBatch({ segments, checkpoints }) {
          batches += 1;
          if (batches > 2) throw new Error('killed');
          fold(pieces, segments);
          // The store takes a batch only where the streams still stand as they did before it.
          const before = JSON.stringify(checkpoints.flatMap((step) => step.before ?? []));
          if (before !== stored) moved += 1;
          stored = JSON.stringify(checkpoints.map(({ after }) => after));
          return true;
        },
      });
      const isKilled = await run.then(
        () => false,
        () => true,
      );
      if (!isKilled) break;
      kills += 1;
    }
    expect(kills).toBeGreaterThan(2);
    expect(moved).toBe(0);
    expect(JSON.stringify([...pieces.values()])).toBe(JSON.stringify([...whole.values()]));
  });

  it('leaves out other times and says how many', async () => {
    const range = { fromMs: T0 + 100_000, toMs: T0 + 200_000 };
    const { report } = await ingestLogs(optionsFor(writePino(600), { range }));
    expect(report).toMatchObject({ records: 100, early: 100, late: 400 });
  });

  it('ends when another process has read on', async () => {
    const { report, segments } = await ingestLogs(optionsFor(writePino(100), { onBatch: () => false }));
    expect(report.superseded).toBe(true);
    expect(segments).toEqual([]);
  });

  it('knows failures by their words where no level is told', async () => {
    const path = join(folder, 'plain.log');
    writeFileSync(
      path,
      'worker 1 started\nworker 2 failed to bind to port 80\nworker 3 started\n'.repeat(20),
    );
    const { report } = await ingestLogs(optionsFor(path));
    expect(report).toMatchObject({ records: 60, errors: 20, withoutTime: 60 });
  });

  it('gives the same on threads as on this one', async () => {
    const path = writePino(6_000);
    const alone = await ingestLogs(optionsFor(path));
    const shared = await ingestLogs(
      optionsFor(path, { threads: createComputeThreads(), workers: 2, threadsFromBytes: 1 }),
    );
    expect(shared.segments).toEqual(alone.segments);
    expect(shared.checkpoints.map(({ after: { atByte } }) => atByte)).toEqual([statSync(path).size]);
    expect(shared.report).toMatchObject({ records: 6_000, errors: 600, lines: 6_000 });
  });
});
