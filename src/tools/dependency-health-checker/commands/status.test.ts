import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { serveDns } from '../../../platform/test-support/dns-server.ts';
import { closedPort, type LocalServer, serveHttp, serveTcp } from '../../../platform/test-support/servers.ts';
import { createRuntime } from '../../../runtime/runtime.ts';
import { type Bench, found, openBench } from './fixture.ts';

type Behaviour = (request: IncomingMessage, response: ServerResponse) => void;
const fine: Behaviour = (_, response) => response.end('{}');

let behaviour: Behaviour = fine;
let api: LocalServer;
let bench: Bench;

beforeAll(async () => {
  api = await serveHttp((request, response) => behaviour(request, response));
});
beforeEach(async () => {
  behaviour = fine;
  bench = await openBench(createRuntime);
});
afterEach(() => bench.close());
afterAll(() => api.close());

describe('status', () => {
  it('is silent over what works', async () => {
    const speaker = await bench.opening(serveTcp((socket) => socket.end('ready\n')));
    const names = await bench.opening(
      serveDns(() => ({ records: [{ type: 'A', name: 'db.test', ttl: 60, data: '192.0.2.1' }] })),
    );
    await bench.configure({
      payment: { url: `${api.origin}/health`, neededBy: ['POST /api/orders'] },
      bucket: { url: `s3+http://127.0.0.1:${api.port}/files` },
      speaker: { url: `tcp://127.0.0.1:${speaker.port}`, expect: { answer: 'ready' } },
      names: { url: 'dns://db.test', nameServers: [`127.0.0.1:${names.server.port}`] },
    });
    const { report, exitCode } = await bench.run('status');
    expect(found(report)).toEqual([]);
    expect(exitCode).toBe(0);
    expect(report.data).toMatchObject({
      dependencies: [
        { dependency: 'payment', kind: 'http', state: 'up' },
        { dependency: 'bucket', kind: 's3', state: 'up' },
        { dependency: 'speaker', kind: 'tcp', state: 'up' },
        { dependency: 'names', kind: 'dns', state: 'up' },
      ],
    });
    const { dependencies } = report.data as { dependencies: { probes: number }[] };
    // What was measured while this machine was late is made up for, on top.
    expect(dependencies[0]?.probes).toBeGreaterThanOrEqual(10);
  });

  it('names who needs what is down, and calls it resolved once it is back', async () => {
    await bench.configure({
      payment: { url: api.origin, neededBy: ['POST /api/orders'] },
      search: { url: api.origin, optional: true },
    });
    behaviour = (_, response) => response.writeHead(503).end();
    const { report, exitCode } = await bench.run('status');
    expect(found(report)).toEqual(['down payment', 'down search']);
    expect(exitCode).toBe(1);
    const [payment] = report.findings;
    expect(payment).toMatchObject({
      severity: 'critical',
      title: 'payment answers with server errors',
      impact: { summary: 'While it is down: POST /api/orders cannot work.' },
      verify: { check: { command: 'status', input: { dependencies: ['payment'] } } },
    });
    expect(payment?.evidence[0]).toMatchObject({
      label: 'failed',
      unit: 'of 10 probes, each on 3 fresh connections',
    });
    expect(report.findings.find(({ subject }) => subject.name === 'search')?.severity).toBe('high');
    behaviour = fine;
    const mended = await bench.run('status');
    expect(mended.report.findings.map(({ state }) => state)).toEqual(['resolved', 'resolved']);
  });

  it('reports a parent that is down once, and its children as affected', async () => {
    const port = await closedPort();
    const url = `http://127.0.0.1:${port}`;
    await bench.configure({
      gateway: { url: `tcp://127.0.0.1:${port}` },
      billing: { url: `${url}/billing`, behind: ['gateway'] },
      mail: { url: `${url}/mail`, behind: ['billing'] },
    });
    const { report } = await bench.run('status');
    expect(found(report)).toEqual(['affected billing', 'affected mail', 'down gateway']);
    expect(report.findings.find(({ subject }) => subject.name === 'mail')?.title).toBe(
      'mail is down because gateway is down',
    );
    const narrowed = await bench.run('status', { dependencies: ['mail'] });
    expect(found(narrowed.report)).toEqual(['affected mail']);
  });

  it('does not blame what is only worse without', async () => {
    const url = `http://127.0.0.1:${await closedPort()}`;
    await bench.configure({
      hints: { url: `${url}/hints`, neededBy: ['search'], optional: true },
      search: { url: `${url}/search` },
    });
    expect(found((await bench.run('status')).report)).toEqual(['down hints', 'down search']);
  });

  it('tells silence from refusal within one look', async () => {
    const silent = await bench.opening(serveTcp(() => undefined));
    await bench.configure({ cache: { url: `redis://127.0.0.1:${silent.port}`, timeout: '500ms' } });
    const { report } = await bench.run('status');
    expect(found(report)).toEqual(['no-response cache']);
    // Three probes of three connections each, and none after that.
    expect(silent.connectionCount()).toBeLessThanOrEqual(9);
    expect(report.findings[0]?.evidence).toContainEqual(
      expect.objectContaining({ label: 'cause', value: 'no-response x3' }),
    );
  });

  it('sees that first tries fail although second ones work', async () => {
    let calls = 0;
    behaviour = (_, response) => {
      calls += 1;
      response.writeHead(calls % 2 === 0 ? 200 : 500).end();
    };
    await bench.configure(
      { payment: { url: api.origin } },
      { round: { samples: 12, maxRatePerDependency: 100, maxConcurrency: 1 } },
    );
    const { report } = await bench.run('status');
    expect(found(report)).toContain('error-rate payment');
    expect(found(report)).not.toContain('down payment');
  });

  it('finds what became slower than its own past', async () => {
    await bench.configure(
      { payment: { url: api.origin } },
      { round: { samples: 20, maxRatePerDependency: 100 } },
    );
    expect(found((await bench.run('status')).report)).toEqual([]);
    behaviour = (_, response) => void setTimeout(() => response.end('{}'), 150);
    const { report } = await bench.run('status');
    expect(report.findings).toMatchObject([
      { rule: 'dependency-health-checker/slow', severity: 'high', subject: { name: 'payment' } },
    ]);
    // Its own slowness is no past of it: asked often enough, it would be most of what is known.
    for (let time = 0; time < 3; time += 1) {
      const again = await bench.run('status', report.findings[0]?.verify.check.input);
      expect(found(again.report)).toEqual(['slow payment']);
    }
    expect(found((await bench.run('status')).report)).toEqual(['slow payment']);
    behaviour = fine;
    const { report: healed } = await bench.run('status');
    expect(healed.findings).toMatchObject([{ state: 'resolved', subject: { name: 'payment' } }]);
  });

  it('reads quotas, limits and the announced end from headers', async () => {
    behaviour = (request, response) => {
      if (request.url === '/limited') response.writeHead(429, { 'retry-after': '30' }).end();
      else {
        const inTenDays = new Date(Date.now() + 10 * 86_400_000).toUTCString();
        const quota = { 'x-ratelimit-limit': '5000', 'x-ratelimit-remaining': '12' };
        response.writeHead(200, { ...quota, deprecation: '@1688169599', sunset: inTenDays }).end();
      }
    };
    await bench.configure({
      maps: { url: `${api.origin}/maps` },
      limited: { url: `${api.origin}/limited` },
    });
    const { report } = await bench.run('status');
    expect(found(report)).toEqual(['deprecated maps', 'quota-low limited', 'quota-low maps']);
    expect(report.findings.find(({ rule }) => rule.endsWith('/deprecated'))?.severity).toBe('high');
  });

  it('asks the registry when a domain ends', async () => {
    const inNineDays = new Date(Date.now() + 9.5 * 86_400_000).toISOString();
    behaviour = (_, response) =>
      response.end(
        JSON.stringify({
          objectClassName: 'domain',
          ldhName: 'example.test',
          events: [{ eventAction: 'expiration', eventDate: inNineDays }],
        }),
      );
    await bench.configure({ domain: { url: 'domain://example.test', rdap: api.origin } });
    const { report } = await bench.run('status');
    expect(report.findings).toMatchObject([
      { severity: 'high', title: 'The registration of example.test ends in 9 days' },
    ]);
  });

  it('is unknown, never pass, when there is nothing to look at', async () => {
    await bench.configure({});
    const { report, exitCode } = await bench.run('status');
    expect(report).toMatchObject({ status: 'unknown', error: { code: 'E_NOTHING_TO_CHECK' } });
    expect(exitCode).toBe(3);
  });

  it('says which dependencies lack their secret, unless it was asked about others', async () => {
    const secretive = { url: { $env: 'NO_SUCH_URL' } };
    await bench.configure({ payment: { url: api.origin }, cache: secretive });
    const whole = await bench.run('status', {}, undefined, { diagnostics: 1 });
    expect(whole.report.coverage.notChecked).toContainEqual(
      expect.objectContaining({
        subject: { kind: 'dependency', name: 'cache' },
        reason: expect.stringContaining('NO_SUCH_URL'),
      }),
    );
    const narrowed = await bench.run('status', { dependencies: ['payment'] });
    expect(narrowed.report.coverage.notChecked).not.toContainEqual(
      expect.objectContaining({ subject: { kind: 'dependency', name: 'cache' } }),
    );
    const asked = await bench.run('status', { dependencies: ['cache'] });
    expect(asked.report.error).toMatchObject({ code: 'E_SECRET_MISSING' });
    await bench.configure({ cache: secretive });
    const { report, exitCode } = await bench.run('status');
    expect(report.error).toMatchObject({ code: 'E_SECRET_MISSING' });
    expect(exitCode).toBe(2);
  });

  it('suggests the name that was meant', async () => {
    await bench.configure({ payment: { url: api.origin } });
    const { report } = await bench.run('status', { dependencies: ['paymnt'] });
    expect(report.error).toMatchObject({
      code: 'E_USAGE',
      message: expect.stringContaining('Did you mean `payment`?'),
    });
  });
});

describe('status --impact', () => {
  it('says what would break, and probes nothing', async () => {
    const before = api.connectionCount();
    await bench.configure({
      gateway: { url: api.origin, neededBy: ['GET /api/stock'] },
      payment: { url: api.origin, behind: ['gateway'], neededBy: ['POST /api/orders'] },
      hints: { url: api.origin, behind: ['gateway'], neededBy: ['GET /api/search'], optional: true },
    });
    const { report } = await bench.run('status', { impact: 'gateway' });
    expect(report.sections[0]).toEqual({
      kind: 'tree',
      title: 'What would break',
      roots: [
        {
          label: 'gateway is down',
          tone: 'bad',
          children: [
            { label: 'GET /api/stock fails', tone: 'bad', children: [] },
            expect.objectContaining({
              label: 'payment fails with it',
              children: [{ label: 'POST /api/orders fails', tone: 'bad', children: [] }],
            }),
            expect.objectContaining({
              label: 'hints fails with it',
              children: [{ label: 'GET /api/search works, only worse', tone: 'warn', children: [] }],
            }),
          ],
        },
      ],
    });
    expect(report.sections[1]).toMatchObject({ text: expect.stringContaining('was not probed') });
    expect(api.connectionCount()).toBe(before);
  });

  it('says in how many minutes it was probed', async () => {
    await bench.configure({ payment: { url: api.origin } });
    await bench.run('status');
    const { report } = await bench.run('status', { impact: 'payment' });
    // The round may have gone on into the next minute.
    expect(report.sections.at(-1)).toMatchObject({
      text: expect.stringMatching(/: in (?:1 minute|2 minutes) with probes over/),
    });
  });

  it('suggests the name that was meant', async () => {
    await bench.configure({ payment: { url: api.origin } });
    const { report } = await bench.run('status', { impact: 'pament' });
    expect(report.error?.message).toContain('Did you mean `payment`?');
  });
});
