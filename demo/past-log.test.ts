import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writePastLog } from './past-log.ts';

const NOW_MS = Date.UTC(2026, 2, 1, 9, 30);
const HOUR_MS = 3_600_000;

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rearguard-past-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function pastLines(
  requestsPerSecond: number,
): Promise<{ time: number; level: number; msg: string; release: string }[]> {
  const path = join(folder, 'shop.log.1');
  const written = writePastLog(path, { nowMs: NOW_MS, release: '1.0.0', requestsPerSecond });
  const lines = (await readFile(path, 'utf8')).trim().split('\n');
  expect(lines).toHaveLength(written);
  return lines.map(
    (line) => JSON.parse(line) as { time: number; level: number; msg: string; release: string },
  );
}

it.each([0, 2])(
  'with %d requests a second, each hour of nine days has lines, in order, and nothing went wrong',
  async (rate) => {
    const lines = await pastLines(rate);
    const times = lines.map(({ time }) => time);
    expect(times.filter((time, index) => time < (times[index - 1] ?? 0))).toEqual([]);
    expect(times.at(-1)).toBeLessThan(NOW_MS);
    expect(new Set(times.map((time) => Math.floor(time / HOUR_MS))).size).toBeGreaterThanOrEqual(9 * 24);
    expect(lines.filter(({ level, release }) => level !== 30 || release !== '1.0.0')).toEqual([]);
  },
);

it('ends as busy as the shop is now', async () => {
  const requests = (await pastLines(5)).filter(
    ({ msg, time }) => msg === 'request' && time >= NOW_MS - HOUR_MS / 2,
  );
  const perSecond = requests.length / (HOUR_MS / 2_000);
  expect(perSecond).toBeGreaterThan(4);
  expect(perSecond).toBeLessThan(6);
});
