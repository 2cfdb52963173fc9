import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalServer, serveHttp } from '../../../platform/test-support/servers.ts';
import { createRuntime } from '../../../runtime/runtime.ts';
import { type LoadBench, openLoadBench } from './verdict-fixture.ts';

let well: LocalServer;
let broken: LocalServer;
/** Fails one request in three: less than the error budget. */
let partly: LocalServer;
let bench: LoadBench;

beforeAll(async () => {
  well = await serveHttp((_, response) => response.end('{}'));
  broken = await serveHttp((_, response) => response.writeHead(500).end('{}'));
  let served = 0;
  partly = await serveHttp((_, response) => {
    served += 1;
    response.writeHead(served % 3 === 0 ? 500 : 200).end('{}');
  });
  bench = await openLoadBench(createRuntime, well.origin);
});
afterAll(async () => {
  await bench.close();
  await well.close();
  await broken.close();
  await partly.close();
});

/** Seven pairs tell three figures from chance; on a busy machine some may stay empty. */
const SHORT = { rate: 40, pairs: 12, block: '600ms' };

describe('before-after of two live versions', () => {
  it('fails where the new version fails, and says over how many pairs', async () => {
    const input = { before: well.origin, after: partly.origin, ...SHORT };
    const { report, exitCode } = await bench.run('before-after', input);
    expect({ exitCode, open: report.coverage.notChecked }).toMatchObject({ exitCode: 1 });
    expect(report.findings).toMatchObject([
      {
        rule: 'load-tester/regression-under-load',
        severity: 'high',
        subject: { kind: 'endpoint', name: 'GET /' },
        verify: { check: { command: 'before-after', input: { endpoints: ['GET /'], pairs: 12 } } },
      },
    ]);
    expect(report.data).toMatchObject({ kind: 'paired', blocks: 12, rate: 40, unfit: null });
    const { changes } = report.data as { changes: { metric: string; verdict: string; before: number }[] };
    expect(changes.find(({ metric }) => metric === 'errors')).toMatchObject({
      verdict: 'regressed',
      before: 0,
      after: expect.closeTo(1 / 3, 1) as number,
    });
    expect(report.coverage.checked).toMatchObject([
      { subject: { name: 'GET /' }, rules: ['load-tester/regression-under-load'] },
    ]);
  }, 180_000);

  it('ends with its verdict when the new version spends the error budget, and makes no more load', async () => {
    const input = { before: well.origin, after: broken.origin, rate: 200, pairs: 12, block: '2s' };
    const { report, exitCode } = await bench.run('before-after', input);
    expect({ exitCode, said: report.summary }).toMatchObject({ exitCode: 1 });
    expect(report.findings).toMatchObject([{ subject: { name: 'GET /' }, confidence: 'likely' }]);
    expect(report.data).toMatchObject({ blocks: 0 });
    expect(report.coverage.notChecked.map(({ reason }) => reason).join()).toContain(
      'ended early (error-budget',
    );
  }, 60_000);

  it('concludes nothing when it is the version before that fails', async () => {
    const input = { before: broken.origin, after: well.origin, rate: 200, pairs: 12, block: '2s' };
    const { report, exitCode } = await bench.run('before-after', input);
    expect({ exitCode, findings: report.findings }).toEqual({ exitCode: 3, findings: [] });
    expect(report.summary).toContain('No verdict: it is the version before that fails');
  }, 60_000);

  it('compares two sides, or one side with its past', async () => {
    for (const input of [
      {},
      { before: well.origin },
      { before: well.origin, after: well.origin, baseline: 'baseline.json' },
    ]) {
      const { report, exitCode } = await bench.run('before-after', input);
      expect(exitCode).toBe(2);
      expect(report.error?.code).toBe('E_USAGE');
    }
  });

  it('makes no load elsewhere without a word from whoever runs it', async () => {
    const { report, exitCode } = await bench.run('before-after', {
      before: 'http://192.0.2.1',
      after: 'http://192.0.2.2',
      ...SHORT,
    });
    expect([2, 4]).toContain(exitCode);
    expect(['E_TARGET_REFUSED', 'E_CONFIRMATION']).toContain(report.error?.code);
  });
});

describe('before-after of a baseline', () => {
  it('writes it the first time, compares from then on, and refuses another plan', async () => {
    // Twelve seconds are five blocks and a warm-up; a busy machine loses some.
    const input = { baseline: 'baseline.json', rate: 30, duration: '20s' };
    const first = await bench.run('before-after', input);
    expect({ exitCode: first.exitCode, said: first.report.summary }).toMatchObject({ exitCode: 0 });
    expect(first.report.data).toMatchObject({ kind: 'saved', rate: 30, changes: [] });
    expect(first.report.artifacts).toMatchObject([
      { kind: 'baseline', path: join(bench.directory, 'baseline.json') },
    ]);
    const other = await bench.run('before-after', { ...input, rate: 31 });
    expect(other.report.error?.code).toBe('E_BASELINE_OTHER_PLAN');
    expect(other.exitCode).toBe(2);

    const again = await bench.run('before-after', { baseline: 'baseline.json', after: broken.origin });
    expect(again.report.data).toMatchObject({ kind: 'unpaired', before: 'baseline.json' });
    expect(again.report.summary).toContain('Unpaired, weaker');
    // A machine that is late by more than the server takes concludes nothing, and says so.
    const { unfit } = again.report.data as { unfit: string | null };
    expect(again.exitCode).toBe(unfit === null ? 1 : 3);
    expect(again.report.findings).toMatchObject(
      unfit === null ? [{ confidence: 'likely', subject: { name: 'GET /' } }] : [],
    );
  }, 180_000);

  it('does not take any JSON for one', async () => {
    await writeFile(join(bench.directory, 'package.json'), '{"name":"shop"}');
    const { report, exitCode } = await bench.run('before-after', { baseline: 'package.json' });
    expect(report.error?.code).toBe('E_IMPORT');
    expect(exitCode).toBe(2);
  });
});
