import { expect, it } from 'vitest';
import { endpointFixture } from '../analyze/test-fixtures.ts';
import { endpointSchema, expectationSchema } from '../options.ts';
import { assertionsOf, planFor } from './plan.ts';

it('turns expectations into assertions', () => {
  const expectation = expectationSchema.parse({
    status: [200, '204'],
    headers: { 'content-type': { contains: 'json' } },
    body: 'ok',
    json: [
      { path: '$.success', equals: true },
      { path: '$.error', exists: false },
    ],
    latency: '300ms',
    phases: { ttfb: '100ms' },
  });
  expect(assertionsOf(expectation)).toEqual([
    { kind: 'status', anyOf: ['200', '204'] },
    { kind: 'header', name: 'content-type', op: 'contains', value: 'json' },
    { kind: 'body', op: 'equals', value: 'ok' },
    { kind: 'json', path: '$.success', op: 'equals', value: true },
    { kind: 'json', path: '$.error', op: 'absent' },
    { kind: 'latency', maxMs: 300 },
    { kind: 'phase', phase: 'ttfb', maxMs: 100 },
  ]);
});

it('sends the headers of the target and of the endpoint, the endpoint winning', () => {
  const endpoint = endpointFixture('/api/users');
  endpoint.target.headers = { accept: 'text/plain', 'x-team': 'shop' };
  endpoint.options = endpointSchema.parse({ path: '/api/users', headers: { accept: 'application/json' } });
  expect(planFor(endpoint, { warm: true })).toMatchObject({
    url: 'http://127.0.0.1:3000/api/users',
    headers: { accept: 'application/json', 'x-team': 'shop' },
    warm: true,
  });
});
