import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Report, reportSchema } from '../../../core/report.ts';
import { closedPort } from '../../../platform/test-support/servers.ts';
import { createRuntime, type Runtime } from '../../../runtime/runtime.ts';
import type { LiveView } from '../../define.ts';
import { RULES } from '../rules.ts';

/** How each path answers; tests change it while the server runs. */
type Behaviour = (response: ServerResponse) => void;
const fine: Behaviour = (response) => response.end('{"success":true}');
const failing: Behaviour = (response) => response.writeHead(500).end('oops');
const delayed =
  (delayMs: number): Behaviour =>
  (response) =>
    void setTimeout(() => fine(response), delayMs);
const silent: Behaviour = () => undefined;

const behaviours = new Map<string, Behaviour>();
const server = createServer((request, response) => {
  const behaviour = behaviours.get(request.url ?? '') ?? fine;
  behaviour(response);
});
let folder: string;
let runtime: Runtime;

beforeAll(async () => {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
});

beforeEach(async () => {
  behaviours.clear();
  await runtime?.close();
  folder = await mkdtemp(join(tmpdir(), 'rearguard-health-'));
  const config = {
    targets: { shop: { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` } },
    tools: {
      'api-health-monitor': {
        endpoints: ['/users', '/orders'],
        timeout: '500ms',
        interval: '1s',
        round: { samples: 60, maxRatePerSecond: 1_000, maxRatePerEndpoint: 100, maxConcurrency: 4 },
      },
    },
  };
  await writeFile(join(folder, 'rearguard.config.json'), JSON.stringify(config));
  runtime = await createRuntime({ cwd: folder, env: {}, workerThreads: false });
});

afterAll(async () => {
  await runtime.close();
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true, force: true });
});

async function run(
  command: string,
  input: Record<string, unknown> = {},
  onView?: (view: LiveView) => void,
): Promise<{ report: Report; exitCode: number }> {
  const signal = new AbortController().signal;
  const result = await runtime.run({ tool: 'health', command, input, signal, ...(onView ? { onView } : {}) });
  expect(reportSchema.safeParse(result.report).error).toBeUndefined();
  return result;
}

/** A first look is four probes; suspect ones are made up for, and that is all. */
const HARDLY_ANY = 20;

function probesOf(report: Report): number[] {
  return (report.data as { endpoints: { probes: number }[] }).endpoints.map(({ probes }) => probes);
}

function rulesOf(report: Report): string[] {
  return report.findings.filter(({ state }) => state !== 'resolved').map(({ rule }) => rule);
}

describe('status', () => {
  it('passes over a healthy backend', async () => {
    const { report, exitCode } = await run('status');
    expect(rulesOf(report)).toEqual([]);
    expect(exitCode).toBe(0);
    expect(report.coverage.checked.map(({ subject }) => subject.name)).toContain('shop GET /users');
  });

  it('finds a failing endpoint, and calls it resolved once it works', async () => {
    behaviours.set('/orders', failing);
    const broken = await run('status');
    expect(rulesOf(broken.report)).toEqual([RULES.endpointFailing.id]);
    expect(broken.exitCode).toBe(1);
    behaviours.clear();
    const mended = await run('status');
    expect(mended.report.findings.map(({ state }) => state)).toEqual(['resolved']);
    expect(mended.exitCode).toBe(0);
  });

  it('finds an endpoint that accepts and never answers without waiting sixty deadlines', async () => {
    behaviours.set('/orders', silent);
    const { report } = await run('status');
    expect(rulesOf(report)).toEqual([RULES.noResponse.id]);
    expect(probesOf(report)[1]).toBeLessThan(HARDLY_ANY);
  });

  it('finds a target that refuses connections from its first look, and says so once', async () => {
    await writeFile(
      join(folder, 'rearguard.config.json'),
      JSON.stringify({
        targets: { shop: { baseUrl: `http://127.0.0.1:${await closedPort()}` } },
        tools: { 'api-health-monitor': { endpoints: ['/users', '/orders'] } },
      }),
    );
    await runtime.close();
    runtime = await createRuntime({ cwd: folder, env: {}, workerThreads: false });
    const { report } = await run('status');
    expect(rulesOf(report)).toEqual([RULES.targetDown.id]);
    expect(Math.max(...probesOf(report))).toBeLessThan(HARDLY_ANY);
    expect(report.coverage.notChecked.map(({ subject }) => subject?.name)).toEqual([
      'shop GET /users',
      'shop GET /orders',
    ]);
  });

  it('finds a slow endpoint and names its p95', async () => {
    behaviours.set('/orders', delayed(260));
    const { report } = await run('status', { samples: 12 });
    expect(rulesOf(report)).toEqual([RULES.latencyObjective.id]);
    expect(report.findings[0]?.evidence[0]).toMatchObject({ label: 'p95' });
  });

  it('is unknown, never pass, when there is nothing to look at', async () => {
    await writeFile(
      join(folder, 'rearguard.config.json'),
      JSON.stringify({ targets: { shop: { baseUrl: 'http://127.0.0.1:9' } } }),
    );
    await runtime.close();
    runtime = await createRuntime({ cwd: folder, env: {}, workerThreads: false });
    const { report, exitCode } = await run('status');
    expect(report).toMatchObject({ status: 'unknown', error: { code: 'E_NOTHING_TO_CHECK' } });
    expect(exitCode).toBe(3);
  });
});

/** A machine that stutters makes samples suspect, and "not enough data" is then the right answer: asked again, like a user would. */
async function postDeployVerdict(endpoint: string): ReturnType<typeof run> {
  for (let attempt = 1; ; attempt++) {
    const result = await run('post-deploy-check');
    const { endpoints } = result.report.data as { endpoints: { endpoint: string; verdict: string }[] };
    const verdict = endpoints.find((row) => row.endpoint === endpoint)?.verdict;
    if (verdict !== 'not-enough-data' || attempt === 4) return result;
  }
}

describe('baseline and post-deploy-check', () => {
  it('needs a baseline, and says how to make one', async () => {
    const { report, exitCode } = await run('post-deploy-check');
    expect(report.error).toMatchObject({
      code: 'E_BASELINE_UNKNOWN',
      hint: expect.stringContaining('baseline --save default'),
    });
    expect(exitCode).toBe(2);
  });

  it('finds the endpoint that became slower', async () => {
    for (const path of ['/users', '/orders']) behaviours.set(path, delayed(50));
    const saved = await run('baseline', { samples: 60 });
    expect(saved.report.summary).toContain('Baseline "default" saved: 2 endpoints');
    behaviours.set('/orders', delayed(200));
    const { report, exitCode } = await postDeployVerdict('shop GET /orders');
    expect(report.data).toMatchObject({
      endpoints: expect.arrayContaining([
        expect.objectContaining({ endpoint: 'shop GET /orders', verdict: 'slower' }),
      ]),
    });
    expect(report.findings.map(({ rule, subject }) => [rule, subject.name])).toContainEqual([
      RULES.latencyRegression.id,
      'shop GET /orders',
    ]);
    // Nobody said that there was a deploy, so the cause is not sure enough to fail a pipeline.
    expect(exitCode).toBe(0);
  });
});

describe('watch and performance-report', () => {
  it('records samples and changes of state, and reports them later', async () => {
    behaviours.set('/orders', failing);
    const changes: string[] = [];
    const watched = await run('watch', { interval: '200ms', for: '2500ms' }, (view) => {
      changes.push(...view.changes.map(({ text }) => text));
      expect(view.sections()[0]?.kind).toBe('table');
    });
    expect(changes).toContain('shop GET /orders: unknown -> down (status-5xx)');
    expect(changes).toContain('shop GET /users: unknown -> up');
    expect(rulesOf(watched.report)).toEqual([RULES.endpointFailing.id]);
    expect(watched.exitCode).toBe(1);

    const { report } = await run('performance-report', { since: '1h' });
    const endpoints = (
      report.data as { endpoints: { endpoint: string; ok: number; failed: number; uptimePercent: number }[] }
    ).endpoints;
    expect(endpoints[0]).toMatchObject({ endpoint: 'shop GET /orders', ok: 0, uptimePercent: 0 });
    expect(endpoints[1]).toMatchObject({ endpoint: 'shop GET /users', failed: 0, uptimePercent: 100 });
    expect(report.sections.find((section) => section.kind === 'timeline')).toBeDefined();
  });

  it('reports nothing before anything was recorded, and says what records', async () => {
    const { report, exitCode } = await run('performance-report');
    expect(report.error?.message).toContain('watch` records');
    expect(exitCode).toBe(3);
  });
});
