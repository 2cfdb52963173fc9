import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createRedactor } from '../../../core/redact.ts';
import { systemClock } from '../../../platform/clock.ts';
import { systemFiles } from '../../../platform/files.ts';
import { createLogSources } from '../../../platform/log-source/sources.ts';
import { temporaryStores } from '../../../store/store-fixture.ts';
import type { CommandContext } from '../../context.ts';
import { type ErrorOptions, errorOptionsSchema } from '../options.ts';
import { readLastHour } from './last-hour.ts';
import { unreadBytes } from './unread-bytes.ts';
import { readLogs } from './read-logs.ts';
import { MINUTE_MS } from '../analyze/minutes.ts';

const stores = temporaryStores();
const PER_MINUTE = 150;
let folder = '';
let ctx: CommandContext<ErrorOptions>;

/** Longer than a line needs to be, so that the last hour is more than is read at first. */
const PADDING = 'x'.repeat(900);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rearguard-hour-'));
  const nowMs = Date.now();
  const lines = Array.from({ length: 90 * PER_MINUTE }, (_, index) => {
    const time = Math.ceil(nowMs - 90 * MINUTE_MS + (index * MINUTE_MS) / PER_MINUTE);
    return `${JSON.stringify({ level: index % 50 === 0 ? 50 : 30, time, msg: `order ${index} sent`, PADDING })}\n`;
  });
  writeFileSync(join(folder, 'app.log'), lines.join(''));
  const parts: Partial<CommandContext<ErrorOptions>> = {
    options: errorOptionsSchema.parse({ sources: ['app.log'] }),
    directory: folder,
    logs: createLogSources(),
    files: systemFiles,
    clock: systemClock,
    progress: () => undefined,
    redactor: createRedactor([]),
    store: stores.open(),
    signal: new AbortController().signal,
  };
  ctx = parts as CommandContext<ErrorOptions>;
});
afterAll(() => {
  stores.removeAll();
  rmSync(folder, { recursive: true });
});

it('is read from the end of a file, as far back as it begins, and not kept', async () => {
  const { documents, report, notes } = await readLastHour(ctx, { files: [] });
  expect(notes).toEqual([]);
  expect(report.early).toBeGreaterThan(0);
  // Time went on while the file was written.
  expect(report.records).toBeGreaterThan(59 * PER_MINUTE);
  expect(report.records).toBeLessThanOrEqual(60 * PER_MINUTE);
  expect(report.withoutTime).toBe(0);
  expect(documents.length).toBeGreaterThan(0);
  expect(ctx.store.errorLog.checkpoints()).toEqual([]);
});

it('knows about how much is unread: all of it, then what was written since', async () => {
  expect(await unreadBytes(ctx, { files: [] })).toBeGreaterThan(90 * PER_MINUTE * 900);
  await readLogs(ctx, { files: [], format: undefined, range: { fromMs: 0, toMs: 1 } });
  expect(await unreadBytes(ctx, { files: [] })).toBe(0);
  appendFileSync(join(folder, 'app.log'), 'one more line\n');
  expect(await unreadBytes(ctx, { files: [] })).toBe(14);
});
