import { describe, expect, it } from 'vitest';
import { retryAfterMs, serverTimingMs } from './response-fields.ts';
import { createTracer, nextTraceparent, traceIdOf } from './tracer.ts';

describe('Server-Timing', () => {
  it.each([
    ['total;dur=53.2', 53.2],
    ['db;dur=2, app;desc="a b";dur=3.5', 5.5],
    ['db;dur=2, Total;dur="9"', 9],
    ['cache;desc=hit', null],
    ['miss', null],
    ['', null],
    ['db;dur=abc, x;dur=-1', null],
    [null, null],
  ])('%s', (field, ms) => {
    expect(serverTimingMs(field)).toBe(ms);
  });
});

describe('Retry-After', () => {
  const wallMs = Date.parse('2026-10-01T00:00:00Z');
  it.each([
    ['30', 30_000],
    [' 0 ', 0],
    ['Thu, 01 Oct 2026 00:01:00 GMT', 60_000],
    ['Wed, 30 Sep 2026 00:00:00 GMT', 0],
    ['999999999', 3_600_000],
    ['-5', null],
    ['soon', null],
    ['', null],
    [null, null],
  ])('%s', (field, ms) => {
    expect(retryAfterMs(field, wallMs)).toBe(ms);
  });
});

describe('traceparent', () => {
  it('is given to its share of requests, each with an id of its own', () => {
    const tracer = createTracer(0.25);
    const given = Array.from({ length: 4_000 }, () => nextTraceparent(tracer)).filter(
      (value) => value !== null,
    );
    expect(given.length).toBeGreaterThan(800);
    expect(given.length).toBeLessThan(1_200);
    for (const value of given) expect(value).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    expect(new Set(given.map(traceIdOf)).size).toBe(given.length);
  });

  it('is given to all or to none', () => {
    const [all, none] = [createTracer(1), createTracer(0)];
    for (let index = 0; index < 100; index += 1) {
      expect(nextTraceparent(all)).not.toBeNull();
      expect(nextTraceparent(none)).toBeNull();
    }
  });
});
