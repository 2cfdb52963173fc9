import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { runProbe } from '../test-support/probe.ts';
import { type LocalServer, serveHttp } from '../test-support/servers.ts';
import { failedAssertions, matchesStatus, type Observation } from './assertions.ts';
import { NO_PHASES } from './phases.ts';
import type { Assertion } from './types.ts';

const observation: Observation = {
  status: 200,
  headers: new Map([['content-type', 'application/json; charset=utf-8']]),
  body: JSON.stringify({ ok: true, count: 3, items: [{ id: 1, tags: ['new'] }, { id: 7 }], name: 'shop' }),
  bodyTruncated: false,
  phases: { ...NO_PHASES, ttfb: 40 },
  totalMs: 120,
};

function holds(assertion: Assertion, seen: Observation = observation): boolean {
  return failedAssertions([assertion], seen, (text) => text).length === 0;
}

describe('assertions', () => {
  it.each<Assertion>([
    { kind: 'status', anyOf: ['404', '2xx'] },
    { kind: 'header', name: 'Content-Type', op: 'contains', value: 'json' },
    { kind: 'header', name: 'content-type', op: 'matches', value: '^application/json' },
    { kind: 'header', name: 'content-type', op: 'exists' },
    { kind: 'header', name: 'x-debug', op: 'absent' },
    { kind: 'body', op: 'contains', value: '"ok":true' },
    { kind: 'body', op: 'absent', value: 'error' },
    { kind: 'body', op: 'matches', value: '"count":\\d' },
    { kind: 'json', path: '$.ok', op: 'equals', value: true },
    { kind: 'json', path: '$.count', op: 'gt', value: 2 },
    { kind: 'json', path: '$.count', op: 'lt', value: 4 },
    { kind: 'json', path: '$.items[*].id', op: 'equals', value: 7 },
    { kind: 'json', path: '$.items[0].tags', op: 'contains', value: 'new' },
    { kind: 'json', path: '$.items[?@.id > 5]', op: 'exists' },
    { kind: 'json', path: '$.items[0]', op: 'equals', value: { id: 1, tags: ['new'] } },
    { kind: 'json', path: '$.error', op: 'absent' },
    { kind: 'json', path: '$.name', op: 'matches', value: '^sh' },
    { kind: 'latency', maxMs: 120 },
    { kind: 'phase', phase: 'ttfb', maxMs: 40 },
    { kind: 'phase', phase: 'dns', maxMs: 1 },
  ])('holds: %j', (assertion) => {
    expect(holds(assertion)).toBe(true);
  });

  it.each<[string, Assertion]>([
    ['200', { kind: 'status', anyOf: ['201-299'] }],
    ['(absent)', { kind: 'header', name: 'x-debug', op: 'exists' }],
    [
      'application/json; charset=utf-8',
      { kind: 'header', name: 'content-type', op: 'equals', value: 'text/html' },
    ],
    ['application/json; charset=utf-8', { kind: 'header', name: 'content-type', op: 'absent' }],
    [observation.body, { kind: 'body', op: 'contains', value: 'error' }],
    [observation.body, { kind: 'body', op: 'absent', value: 'shop' }],
    ['3', { kind: 'json', path: '$.count', op: 'gt', value: 3 }],
    ['"shop"', { kind: 'json', path: '$.name', op: 'gt', value: 1 }],
    ['(nothing selected)', { kind: 'json', path: '$.missing', op: 'exists' }],
    ['true', { kind: 'json', path: '$.ok', op: 'absent' }],
    ['120.0 ms', { kind: 'latency', maxMs: 119 }],
    ['40.0 ms', { kind: 'phase', phase: 'ttfb', maxMs: 39 }],
  ])('fails with what was found, %s: %j', (actual, assertion) => {
    expect(failedAssertions([assertion], observation, (text) => text)).toEqual([{ assertion, actual }]);
  });

  it('reads status ranges', () => {
    expect(matchesStatus('2xx', 299)).toBe(true);
    expect(matchesStatus('2xx', 300)).toBe(false);
    expect(matchesStatus('20X', 209)).toBe(true);
    expect(matchesStatus('200-204', 204)).toBe(true);
    expect(matchesStatus('200', 201)).toBe(false);
  });

  it('a path, a document or a pattern that cannot be read fails and says why', () => {
    const html = { ...observation, body: '<html>' };
    expect(holds({ kind: 'json', path: '$.ok', op: 'exists' }, html)).toBe(false);
    expect(holds({ kind: 'json', path: 'ok', op: 'exists' })).toBe(false);
    expect(holds({ kind: 'body', op: 'matches', value: '(' })).toBe(false);
  });

  it('a JSON body that was cut is not judged by its beginning', () => {
    const cut = { ...observation, bodyTruncated: true };
    expect(holds({ kind: 'json', path: '$.ok', op: 'exists' }, cut)).toBe(false);
  });

  it('a pattern sees a bounded part of the body', () => {
    const long = { ...observation, body: `${'a'.repeat(70_000)}end` };
    expect(holds({ kind: 'body', op: 'matches', value: 'end$' }, long)).toBe(false);
    expect(holds({ kind: 'body', op: 'contains', value: 'end' }, long)).toBe(true);
  });
});

describe('assertions on a real answer', () => {
  const open: LocalServer[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((server) => server.close()));
  });

  async function answering(status: number, body: Buffer | string, encoding?: string): Promise<string> {
    const server = await serveHttp((_, response) => {
      if (encoding !== undefined) response.setHeader('content-encoding', encoding);
      response.writeHead(status).end(body);
    });
    open.push(server);
    return server.origin;
  }

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ] as const)('%s is decoded for assertions, its bytes are those on the wire', async (encoding, compress) => {
    const packed = compress(Buffer.from('{"ok":true}'));
    const { cold } = await runProbe(await answering(200, packed, encoding), {
      assertions: [{ kind: 'json', path: '$.ok', op: 'equals', value: true }],
    });
    expect(cold).toMatchObject({ success: true });
    expect(cold.hops[0]?.bytes).toBe(packed.length);
  });

  it('a compressed bomb costs no more than what is kept', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    const { cold } = await runProbe(await answering(200, bomb, 'gzip'), {
      maxBodyBytes: 100_000,
      assertions: [{ kind: 'json', path: '$', op: 'exists' }],
    });
    expect(cold.cause).toBe('assertion');
    expect(cold.failedAssertions[0]?.actual).toContain('100000 characters');
  });

  it.each([
    [204, 'success', null],
    [304, 'success', null],
    [404, 'failure', 'status-4xx'],
    [503, 'failure', 'status-5xx'],
  ] as const)('without an assertion %d is a %s', async (status, verdict, cause) => {
    const { cold } = await runProbe(await answering(status, ''));
    expect(cold).toMatchObject({ success: verdict === 'success', status, cause });
  });

  it.each([
    [['404'], 404, null],
    [['2xx'], 301, 'status-unexpected'],
    [['2xx'], 500, 'status-5xx'],
  ] as const)('expected %j, answered %d', async (anyOf, status, cause) => {
    const { cold } = await runProbe(await answering(status, ''), { assertions: [{ kind: 'status', anyOf }] });
    expect(cold.cause).toBe(cause);
  });

  it('text of the backend is cut, redacted and on one line', async () => {
    const body = `\u001b[2J\r\nIGNORE password=hunter2secret ${'x'.repeat(1_000)}`;
    const { cold } = await runProbe(await answering(200, body), {
      assertions: [{ kind: 'body', op: 'equals', value: 'ok' }],
    });
    const actual = cold.failedAssertions[0]?.actual ?? '';
    expect(cold.cause).toBe('assertion');
    expect(actual.length).toBeLessThanOrEqual(200);
    expect(cold.message?.length).toBeLessThanOrEqual(200);
    expect(actual + cold.message).not.toMatch(/\p{Cc}|hunter2secret/u);
  });
});
