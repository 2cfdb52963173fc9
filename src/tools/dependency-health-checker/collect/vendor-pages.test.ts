import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Dependency } from '../../../config/dependencies.ts';
import { createHttpClient } from '../../../platform/http-client.ts';
import { createNetGuard } from '../../../platform/net-guard.ts';
import { closedPort, type LocalServer, serveHttp } from '../../../platform/test-support/servers.ts';
import { systemClock } from '../../../platform/clock.ts';
import { collectVendorPages, type VendorReading } from './vendor-pages.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const MINUTE = 60_000;

type Answer = (response: ServerResponse) => void;

let server: LocalServer;
let asked: string[] = [];
let answers: Record<string, Answer> = {};

beforeEach(async () => {
  asked = [];
  answers = {};
  server = await serveHttp((request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    const answer = answers[path];
    if (answer === undefined) response.writeHead(404).end('nothing');
    else answer(response);
  });
});
afterEach(() => server.close());

const json =
  (body: unknown): Answer =>
  (response) =>
    response.end(JSON.stringify(body));

function dependency(name: string, settings: Partial<Dependency> = {}): Dependency {
  return {
    name,
    url: 'https://api.pay.io',
    scheme: 'https',
    neededBy: [],
    behind: [],
    optional: false,
    headers: {},
    origin: 'dependencies',
    statusPage: server.origin,
    ...settings,
  };
}

function read(
  dependencies: readonly Dependency[],
  previous?: readonly VendorReading[],
  nowMs = NOW,
): Promise<VendorReading[]> {
  return collectVendorPages(
    {
      clock: { ...systemClock, wallMs: () => nowMs },
      http: createHttpClient(createNetGuard({ allowHosts: [] })),
      signal: new AbortController().signal,
    },
    dependencies,
    previous,
  );
}

async function readOne(settings: Partial<Dependency> = {}): Promise<VendorReading> {
  const [reading] = await read([dependency('pay', settings)]);
  if (reading === undefined) throw new Error('no reading');
  return reading;
}

const STATUSPAGE = {
  page: { name: 'Pay' },
  status: { indicator: 'minor', description: 'Partially degraded' },
  components: [
    { id: 'c1', name: 'API', status: 'operational' },
    { id: 'c2', name: 'Webhooks', status: 'partial_outage' },
    { name: 7 },
  ],
  incidents: [
    {
      name: 'Webhooks \u001b[31mare late',
      status: 'investigating',
      impact: 'minor',
      created_at: '2026-11-22T11:00:00Z',
      shortlink: 'https://stspg.io/x',
      components: [{ id: 'c2', name: 'Webhooks' }],
    },
    { name: 'Old', status: 'resolved', shortlink: 'javascript:alert(1)' },
    'nonsense',
  ],
  scheduled_maintenances: [{ name: 'Later', status: 'scheduled' }],
};

describe('Statuspage', () => {
  it('is read as a whole', async () => {
    answers['/api/v2/summary.json'] = json(STATUSPAGE);
    expect(await readOne()).toEqual({
      dependency: 'pay',
      page: server.origin,
      state: 'degraded',
      summary: 'Partially degraded',
      incidents: [
        {
          title: 'Webhooks are late',
          impact: 'minor',
          startedAtMs: NOW - 60 * MINUTE,
          url: 'https://stspg.io/x',
        },
      ],
      reason: null,
      nextReadAtMs: NOW + 5 * MINUTE,
    });
    expect(asked).toEqual(['/api/v2/summary.json']);
  });

  it('is narrowed to a component, by name or id', async () => {
    answers['/api/v2/summary.json'] = json(STATUSPAGE);
    expect(await readOne({ component: 'api' })).toMatchObject({ state: 'operational', incidents: [] });
    expect(await readOne({ component: 'c2' })).toMatchObject({
      state: 'outage',
      summary: 'c2: partial outage',
    });
    expect(await readOne({ component: 'Checkout' })).toMatchObject({
      state: 'unknown',
      reason: 'the page has no component "Checkout"; it has API, Webhooks',
    });
  });

  it.each([
    ['none', 'operational'],
    ['major', 'outage'],
    ['critical', 'outage'],
    ['maintenance', 'maintenance'],
  ])('with indicator %s is %s', async (indicator, state) => {
    answers['/api/v2/summary.json'] = json({ status: { indicator } });
    expect(await readOne()).toMatchObject({ state });
  });

  it('follows a redirect, and is asked once for several dependencies', async () => {
    answers['/api/v2/summary.json'] = (response) =>
      response.writeHead(302, { location: '/moved.json' }).end();
    answers['/moved.json'] = json(STATUSPAGE);
    const readings = await read([
      dependency('pay'),
      dependency('hooks', { component: 'Webhooks' }),
      { ...dependency('none'), statusPage: undefined } as unknown as Dependency,
    ]);
    expect(readings.map(({ dependency, state }) => `${dependency} ${state}`)).toEqual([
      'pay degraded',
      'hooks outage',
    ]);
    expect(asked).toEqual(['/api/v2/summary.json', '/moved.json']);
  });
});

describe('Instatus', () => {
  it('is read as a whole', async () => {
    answers['/summary.json'] = json({
      page: { name: 'Pay', status: 'HASISSUES' },
      activeIncidents: [{ name: 'API down', started: '2026-11-22T11:30:00Z', impact: 'MAJOROUTAGE' }],
    });
    expect(await readOne()).toMatchObject({
      state: 'outage',
      incidents: [{ title: 'API down', impact: 'majoroutage', startedAtMs: NOW - 30 * MINUTE, url: null }],
    });
    answers['/summary.json'] = json({ page: { status: 'UP' } });
    expect(await readOne()).toMatchObject({ state: 'operational', incidents: [] });
  });

  it('has its components in a document of their own', async () => {
    answers['/v2/components.json'] = json({
      components: [
        { id: 'a', name: 'API', status: 'DEGRADEDPERFORMANCE' },
        { id: 'b', name: 'Site', status: 'OPERATIONAL' },
      ],
    });
    expect(await readOne({ component: 'API' })).toMatchObject({ state: 'degraded' });
    expect(await readOne({ component: 'Site' })).toMatchObject({ state: 'operational' });
  });
});

describe('feeds', () => {
  const feed: Answer = (response) =>
    response.end(
      '<rss><channel><item><title>Errors</title><pubDate>Sun, 22 Nov 2026 11:00:00 GMT</pubDate></item></channel></rss>',
    );

  it.each(['/history.rss', '/feed'])('are found at %s', async (path) => {
    answers[path] = feed;
    expect(await readOne()).toMatchObject({ state: 'degraded', summary: 'Errors' });
  });

  it.each(['/news.atom', '/feed/rss'])(
    'are read at %s when that is the page, and nothing else is asked',
    async (path) => {
      answers[path] = feed;
      expect(await readOne({ statusPage: server.origin + path })).toMatchObject({ state: 'degraded' });
      expect(asked).toEqual([path]);
    },
  );
});

describe('pages that cannot be read', () => {
  it('are unknown, with the reason', async () => {
    answers['/'] = (response) => response.end('<html>All is well</html>');
    expect(await readOne()).toMatchObject({
      state: 'unknown',
      reason: expect.stringContaining('no form that is known'),
    });
    answers['/api/v2/summary.json'] = json({ status: 'fine', components: 'all' });
    expect((await readOne()).state).toBe('unknown');
    const nobody = `http://127.0.0.1:${await closedPort()}`;
    expect(await readOne({ statusPage: nobody })).toMatchObject({
      state: 'unknown',
      reason: expect.stringContaining('Cannot reach'),
    });
  });

  it('are not followed to hosts outside the allow-list', async () => {
    answers['/api/v2/summary.json'] = (response) =>
      response.writeHead(302, { location: 'http://169.254.169.254/latest' }).end();
    expect(await readOne()).toMatchObject({ state: 'unknown' });
  });

  it('hide what is secret in their address', async () => {
    const reading = await readOne({ statusPage: `${server.origin}/?token=hunter2-hunter2` });
    expect(JSON.stringify(reading)).not.toContain('hunter2');
  });
});

describe('patience', () => {
  it.each([
    ['seconds', 429, '1800', 30 * MINUTE],
    ['an HTTP date', 429, 'Sun, 22 Nov 2026 12:20:00 GMT', 20 * MINUTE],
    ['fewer seconds than the least interval', 503, '10', 5 * MINUTE],
    ['nothing', 429, undefined, 5 * MINUTE],
    ['for ever', 429, '999999999', 24 * 60 * MINUTE],
    ['nonsense', 429, '-1', 5 * MINUTE],
  ])('is had when a page asks for %s', async (_, status, retryAfter, waitMs) => {
    answers['/api/v2/summary.json'] = (response) =>
      response.writeHead(status, retryAfter === undefined ? {} : { 'retry-after': retryAfter }).end();
    const reading = await readOne();
    expect(reading).toMatchObject({ state: 'unknown', nextReadAtMs: NOW + waitMs });
    expect(asked).toHaveLength(1);
  });

  it('returns a reading that is not due as it is', async () => {
    answers['/api/v2/summary.json'] = json(STATUSPAGE);
    const first = await read([dependency('pay')]);
    answers['/api/v2/summary.json'] = json({ status: { indicator: 'none' } });
    expect(await read([dependency('pay')], first, NOW + 5 * MINUTE - 1)).toEqual(first);
    expect(asked).toHaveLength(1);
    const [second] = await read([dependency('pay')], first, NOW + 5 * MINUTE);
    expect(second).toMatchObject({ state: 'operational', nextReadAtMs: NOW + 10 * MINUTE });
  });
});
