import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalServer, serveHttp } from '../../../platform/test-support/servers.ts';
import { createRuntime } from '../../../runtime/runtime.ts';
import { type LoadBench, openLoadBench } from './verdict-fixture.ts';

let server: LocalServer;
let status = 200;
let bench: LoadBench;

beforeAll(async () => {
  server = await serveHttp((_, response) => response.writeHead(status).end('{}'));
  bench = await openLoadBench(createRuntime, server.origin);
});
afterAll(async () => {
  await bench.close();
  await server.close();
});

/** So wide an objective that no busy machine misses it. */
const SHORT = { step: '1s', p95: '30s', errorRate: 50 };

describe('capacity', () => {
  it('stops at the ceiling, holds it, and remembers it', async () => {
    const input = { from: 10, maxRate: 20, ...SHORT };
    const { report, exitCode } = await bench.run('capacity', input);
    expect(exitCode).toBe(0);
    expect(report.data).toMatchObject({
      target: 'shop',
      end: 'ceiling',
      meets: 20,
      breaks: null,
      confirmed: true,
      steps: [{ rate: 10 }, { rate: 20, kind: 'search' }, { rate: 20, kind: 'confirm' }],
      earlier: [],
    });
    expect(report.findings).toEqual([]);
    expect(report.metrics).toContainEqual(
      expect.objectContaining({ name: 'load.capacity', value: 20, attributes: { target: 'shop' } }),
    );
    const again = await bench.run('capacity', { ...input, from: 20 });
    expect(again.report.data).toMatchObject({ earlier: [{ meets: 20 }] });
  }, 180_000);

  it('fails where no rate meets the objective, without asking for ever', async () => {
    status = 500;
    const { report, exitCode } = await bench.run('capacity', { from: 1, ...SHORT });
    expect(exitCode).toBe(1);
    expect(report.data).toMatchObject({ end: 'nothing-meets', meets: null });
    expect(report.summary).toMatch(/^No rate that was tried keeps p95 under 30000 ms/);
  }, 180_000);
});
