import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { cli, inFolder } from './lib/cli.ts';

const LOG = Array.from({ length: 20 }, (_, at) => {
  const second = String(at).padStart(2, '0');
  const what = at % 4 === 0 ? `ERROR job ${at} failed: no space left on device` : `INFO job ${at} done`;
  return `2026-04-02 10:00:${second} ${what}\n`;
}).join('');

describe('logs from the standard input', () => {
  it('are analysed without a config, and nothing is left behind', async () => {
    await inFolder({}, async (cwd) => {
      const { stdout } = await cli(['errors', 'analyze', '-', '--json'], { cwd, stdin: LOG });
      const report = JSON.parse(stdout) as { data: Record<string, unknown>; findings: unknown[] };
      expect(report.data).toMatchObject({ records: 20, errors: 5, groupCount: 1 });
      const { stdout: queried } = await cli(['errors', 'query', 'level=error', '-', '--json'], {
        cwd,
        stdin: LOG,
      });
      expect(JSON.parse(queried)).toMatchObject({ status: 'pass', data: { matched: 5 } });
      await expect(readFile(path.join(cwd, '.rearguard', 'store.db'))).rejects.toThrow('ENOENT');
    });
  });

  it('that hold nothing are unknown', async () => {
    await inFolder({}, async (cwd) => {
      expect((await cli(['errors', 'analyze', '-'], { cwd, stdin: '' })).code).toBe(3);
    });
  });
});
