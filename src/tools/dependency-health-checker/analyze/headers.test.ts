import { describe, expect, it } from 'vitest';
import { dependencyGraph } from '../../../core/dependency-graph.ts';
import { assessDeprecations, readDeprecation } from './deprecation.ts';
import { assessQuotas, readQuota } from './quota.ts';
import { measureFixture, monitoredFixture } from './test-fixtures.ts';

const maps = monitoredFixture('maps');
const graph = dependencyGraph([maps.dependency]);
const NOW_MS = Date.UTC(2026, 10, 22);

describe('readQuota', () => {
  it.each([
    [
      { 'x-ratelimit-limit': '5000', 'x-ratelimit-remaining': '12' },
      { limit: 5000, remaining: 12 },
    ],
    [
      { 'ratelimit-limit': '100, 100;w=60', 'ratelimit-remaining': '7' },
      { limit: 100, remaining: 7 },
    ],
    [{ 'x-rate-limit-remaining': '3' }, { limit: null, remaining: 3 }],
    [{ ratelimit: 'limit=100, remaining=50, reset=5' }, { limit: 100, remaining: 50 }],
    [
      { ratelimit: '"default";r=50;t=30', 'ratelimit-policy': '"default";q=100;w=10' },
      { limit: 100, remaining: 50 },
    ],
    [{ 'x-ratelimit-remaining': 'plenty' }, null],
    [
      { 'x-ratelimit-limit': '0', 'x-ratelimit-remaining': '0' },
      { limit: null, remaining: 0 },
    ],
    [{}, null],
  ])('%j', (facts, expected) => {
    expect(readQuota(facts)).toEqual(expected);
  });
});

it.each([
  ['499', 1],
  ['500', 0],
])('calls a quota of 5000 low when %s are left: %d', (remaining, count) => {
  const facts = { 'x-ratelimit-limit': '5000', 'x-ratelimit-remaining': remaining };
  const { findings, checked } = assessQuotas([measureFixture(maps, [10], { facts })], graph, 0.1);
  expect(findings).toHaveLength(count);
  expect(checked).toHaveLength(1);
});

describe('readDeprecation', () => {
  it.each([
    [{ deprecation: '@1688169599' }, { deprecatedAtMs: 1_688_169_599_000, sunsetAtMs: null }],
    [{ deprecation: 'true' }, { deprecatedAtMs: null, sunsetAtMs: null }],
    [
      { sunset: 'Thu, 31 Dec 2026 23:59:59 GMT' },
      { deprecatedAtMs: null, sunsetAtMs: Date.UTC(2026, 11, 31, 23, 59, 59) },
    ],
    [{ deprecation: 'false' }, null],
    [{ sunset: '12' }, null],
    [{}, null],
  ])('%j', (facts, expected) => {
    expect(readDeprecation(facts)).toEqual(expected);
  });
});

it.each([
  ['Tue, 01 Dec 2026 00:00:00 GMT', 'high', 'maps goes away in 9 days'],
  ['Fri, 01 Jan 2027 00:00:00 GMT', 'medium', 'maps goes away in 40 days'],
  ['Sat, 01 Nov 2025 00:00:00 GMT', 'high', 'maps is past its sunset'],
])('sunset %s is %s', (sunset, severity, title) => {
  const measure = measureFixture(maps, [10], { facts: { sunset } });
  expect(assessDeprecations([measure], graph, NOW_MS).findings).toMatchObject([{ severity, title }]);
});
