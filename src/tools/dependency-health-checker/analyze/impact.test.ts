import { expect, it } from 'vitest';
import { dependencyGraph } from '../../../core/dependency-graph.ts';
import { impactView } from './impact.ts';

it('says how calls went while it was down, and otherwise', () => {
  const graph = dependencyGraph([
    { name: 'payment', neededBy: ['POST /api/orders', '/api/never'], behind: [], optional: false },
  ]);
  const own = [
    { startMs: 0, ok: 2, failed: 0 },
    { startMs: 60_000, ok: 0, failed: 2 },
    // Half and half belongs to neither.
    { startMs: 120_000, ok: 1, failed: 1 },
  ];
  const calls = new Map([
    [
      'shop POST /api/orders',
      [
        { startMs: 0, ok: 10, failed: 0 },
        { startMs: 60_000, ok: 1, failed: 9 },
        { startMs: 120_000, ok: 0, failed: 10 },
      ],
    ],
    ['shop GET /api/users', [{ startMs: 60_000, ok: 10, failed: 0 }]],
  ]);
  expect(impactView(graph, 'payment', own, calls).users).toEqual([
    {
      pattern: 'POST /api/orders',
      via: 'payment',
      optional: false,
      endpoints: [
        { endpoint: 'shop POST /api/orders', failedWhileDown: 0.9, failedWhileUp: 0, callsWhileDown: 10 },
      ],
    },
    { pattern: '/api/never', via: 'payment', optional: false, endpoints: [] },
  ]);
});
