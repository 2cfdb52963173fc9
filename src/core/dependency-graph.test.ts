import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dependencyGraph, type GraphDependency } from './dependency-graph.ts';

function dependency(name: string, over: Partial<GraphDependency> = {}): GraphDependency {
  return { name, neededBy: [], behind: [], optional: false, ...over };
}

const GRAPH = dependencyGraph([
  dependency('gateway'),
  dependency('payment', { behind: ['gateway'], neededBy: ['shop POST /api/orders', '/api/refunds/*'] }),
  dependency('search', { behind: ['gateway'], neededBy: ['GET /api/search'], optional: true }),
  dependency('database', { neededBy: ['shop', 'payment'] }),
  dependency('disk', { neededBy: ['database'] }),
]);

const endpoint = (name: string) => ({ kind: 'endpoint', name }) as const;
const named = (name: string) => ({ kind: 'dependency', name }) as const;

describe('causesOf', () => {
  it('names what an endpoint needs, nearest first, and what that is behind', () => {
    expect(GRAPH.causesOf(endpoint('shop POST /api/orders'))).toEqual([
      'payment',
      'database',
      'gateway',
      'disk',
    ]);
    expect(GRAPH.causesOf(endpoint('shop GET /'))).toEqual(['database', 'disk']);
    expect(GRAPH.causesOf(endpoint('admin POST /api/refunds/7'))).toEqual([
      'payment',
      'gateway',
      'database',
      'disk',
    ]);
    expect(GRAPH.causesOf(endpoint('admin GET /'))).toEqual([]);
  });

  it('names what a target or a dependency needs, never itself', () => {
    expect(GRAPH.causesOf({ kind: 'target', name: 'shop' })).toEqual(['database', 'disk']);
    expect(GRAPH.causesOf(named('payment'))).toEqual(['gateway', 'database', 'disk']);
    expect(GRAPH.causesOf(named('gateway'))).toEqual([]);
    expect(GRAPH.causesOf(named('unknown'))).toEqual([]);
  });

  it('does not take a pattern that fits its name for a need', () => {
    const graph = dependencyGraph([dependency('cache', { neededBy: ['*'] }), dependency('mail')]);
    expect(graph.causesOf(named('mail'))).toEqual([]);
    expect(graph.causesOf(endpoint('shop GET /'))).toEqual(['cache']);
  });

  it('leaves out names that there are not', () => {
    expect(dependencyGraph([dependency('a', { behind: ['nowhere'] })]).causesOf(named('a'))).toEqual([]);
  });
});

describe('impactOf', () => {
  it('names the dependencies that fail with it, each with the way there', () => {
    expect(GRAPH.impactOf('disk').dependencies).toEqual([
      { name: 'database', via: 'disk', optional: false },
      { name: 'payment', via: 'database', optional: false },
    ]);
    expect(GRAPH.impactOf('gateway').dependencies.map(({ name }) => name)).toEqual(['payment', 'search']);
  });

  it('names the users, and which of them only get worse', () => {
    expect(GRAPH.impactOf('gateway').users).toEqual([
      { pattern: 'shop POST /api/orders', via: 'payment', optional: false },
      { pattern: '/api/refunds/*', via: 'payment', optional: false },
      { pattern: 'GET /api/search', via: 'search', optional: true },
    ]);
  });

  it('knows nothing of a name that there is not', () => {
    expect(GRAPH.impactOf('nowhere')).toEqual({ dependencies: [], users: [] });
  });
});

const NAMES = ['a', 'b', 'c', 'd', 'e'];
const graphs = fc
  .array(fc.record({ behind: fc.subarray(NAMES), neededBy: fc.subarray(NAMES) }), {
    minLength: 5,
    maxLength: 5,
  })
  .map((links) => links.map((link, index) => dependency(NAMES[index] ?? '', link)));

describe('any graph, circles among them', () => {
  it('ends, and a cause and its impact are two views of one path', () => {
    fc.assert(
      fc.property(graphs, (dependencies) => {
        const graph = dependencyGraph(dependencies);
        for (const name of NAMES) {
          const causes = graph.causesOf(named(name));
          expect(causes).not.toContain(name);
          expect(new Set(causes).size).toBe(causes.length);
          for (const other of NAMES.filter((each) => each !== name)) {
            const falls = graph.impactOf(other).dependencies.map((each) => each.name);
            expect(falls.includes(name)).toBe(causes.includes(other));
          }
        }
      }),
    );
  });
});
