import { describe, expect, it } from 'vitest';
import { seconds, sliceOf } from './load-fixture.ts';
import { brokenNow, formatThresholdValue, judgeThreshold, parseThreshold } from './thresholds.ts';

const run = seconds(10, (second) =>
  sliceOf(second, [
    { name: 'GET /', latencies: { 10: 90, 100: 10 } },
    { name: 'GET /a:b', latencies: { 400: 10 }, failed: { 'status-5xx': 1 } },
  ]),
);

const judged = (text: string) => judgeThreshold(parseThreshold(text), run);

describe('a threshold', () => {
  it.each([
    ['p50<20ms', true],
    ['p95<200ms', false],
    ['p99.9<1s', true],
    ['max<=0.41s', true],
    ['mean<100ms', true],
    ['errors<1%', true],
    ['errors<0.5%', false],
    ['errors<10', false],
    ['checks>99%', true],
    ['rate>100', true],
    ['rate>500/s', false],
    ['goodput>109.5', false],
    ['GET /:p95<150ms', true],
    ['GET /a:b:p95<150ms', false],
    ['GET /a:b:errors<=10%', true],
    ['lag:p99<2ms', true],
    ['GET /:service:p50 < 20 ms', true],
    ['dropped<1%', true],
    ['requests>=1100', true],
  ])('%s: %s', (text, holds) => {
    expect(judged(text).holds).toBe(holds);
  });

  it('without samples does not hold', () => {
    const verdict = judged('GET /nowhere:p95<1s');
    expect(verdict).toMatchObject({ value: null, samples: 0, holds: false });
    expect(formatThresholdValue(verdict)).toBe('no samples');
    expect(judged('server-timing:p95<1s').holds).toBe(false);
  });

  it.each([
    ['p95', /not a figure, a comparison and a limit/],
    ['p95<200', /needs a unit/],
    ['p95<200kg', /no unit of time/],
    ['p0<1s', /no percentile/],
    ['p100<1s', /no figure p100/],
    ['latency<1s', /no figure latency/],
    ['checks>99', /percentage/],
    ['rate>5ms', /requests a second/],
    ['lag:errors<1%', /errors has no lag/],
  ])('%s is refused with a reason', (text, reason) => {
    expect(() => parseThreshold(text)).toThrow(reason);
  });
});

describe('thresholds of the last seconds', () => {
  const thresholds = ['p95<200ms', 'errors<1%', 'rate>500'].map(parseThreshold);
  const broken = (slices: typeof run, isFull: boolean) =>
    brokenNow(thresholds, slices, isFull).map(({ threshold }) => threshold.text);

  it('are broken with enough samples, and rates only once the window is full', () => {
    expect(broken(run, false)).toEqual(['p95<200ms']);
    expect(broken(run, true)).toEqual(['p95<200ms', 'rate>500']);
    expect(broken([sliceOf(0, [{ latencies: { 400: 10 }, failed: { timeout: 5 } }])], false)).toEqual([]);
    expect(broken([sliceOf(0, [{ latencies: { 1: 30 }, failed: { timeout: 5 } }])], false)).toEqual([
      'errors<1%',
    ]);
  });
});
