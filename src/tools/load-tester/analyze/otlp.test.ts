import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { histogramOf, recordOf, seconds, sliceOf } from './load-fixture.ts';
import { histogramPoint, runAsOtlp } from './otlp.ts';

const integer = z.string().regex(/^\d+$/);
const point = {
  attributes: z.array(
    z.strictObject({ key: z.string(), value: z.strictObject({ stringValue: z.string() }) }),
  ),
  startTimeUnixNano: integer,
  timeUnixNano: integer,
};
const common = { name: z.string(), description: z.string(), unit: z.string() };
/** opentelemetry-proto 1.x, metrics.proto, by the JSON mapping of protobuf. */
const requestSchema = z.strictObject({
  resourceMetrics: z.array(
    z.strictObject({
      resource: z.strictObject({ attributes: point.attributes }),
      scopeMetrics: z.array(
        z.strictObject({
          scope: z.strictObject({ name: z.string() }),
          metrics: z.array(
            z.union([
              z.strictObject({
                ...common,
                sum: z.strictObject({
                  dataPoints: z.array(z.strictObject({ ...point, asInt: integer })).min(1),
                  aggregationTemporality: z.literal(2),
                  isMonotonic: z.literal(true),
                }),
              }),
              z.strictObject({
                ...common,
                exponentialHistogram: z.strictObject({
                  dataPoints: z
                    .array(
                      z.strictObject({
                        ...point,
                        count: integer,
                        sum: z.number(),
                        min: z.number(),
                        max: z.number(),
                        scale: z.int(),
                        zeroCount: integer,
                        positive: z.strictObject({ offset: z.int(), bucketCounts: z.array(integer) }),
                      }),
                    )
                    .min(1),
                  aggregationTemporality: z.literal(2),
                }),
              }),
            ]),
          ),
        }),
      ),
    }),
  ),
});

describe('a run as OTLP', () => {
  const record = recordOf(
    seconds(2, (second) =>
      sliceOf(second, [
        { name: 'GET /a', latencies: { 5: 90, 40: 10 }, failed: { 'status-5xx': 3, timeout: 1 } },
        { name: 'GET /b', latencies: {}, censored: { 9: 2 } },
      ]),
    ),
  );
  const request = requestSchema.parse(JSON.parse(JSON.stringify(runAsOtlp('shop', record))));
  const metrics = request.resourceMetrics[0]?.scopeMetrics[0]?.metrics ?? [];
  const sums = (name: string) =>
    metrics.flatMap((metric) =>
      'sum' in metric && metric.name === name
        ? metric.sum.dataPoints.map(({ attributes, asInt }) => [
            attributes.map(({ key, value }) => `${key}=${value.stringValue}`).join(),
            asInt,
          ])
        : [],
    );

  it('counts what was sent, succeeded, failed by kind, and was given up', () => {
    expect(sums('load.requests.sent')[0]).toEqual(['target=shop,endpoint=GET /a', '200']);
    expect(sums('load.requests.succeeded')[0]).toEqual(['target=shop,endpoint=GET /a', '192']);
    expect(sums('load.requests.failed')).toEqual([
      ['target=shop,endpoint=GET /a,kind=status-5xx', '6'],
      ['target=shop,endpoint=GET /a,kind=timeout', '2'],
    ]);
    expect(sums('load.requests.given_up')[1]).toEqual(['target=shop,endpoint=GET /b', '4']);
  });

  it('has a histogram of each endpoint that was answered, over the time of the run', () => {
    const [response] = metrics.flatMap((metric) =>
      'exponentialHistogram' in metric ? [metric.exponentialHistogram.dataPoints] : [],
    );
    expect(response).toMatchObject([
      {
        count: '200',
        min: 5,
        max: 40,
        startTimeUnixNano: '1790000000000000000',
        timeUnixNano: '1790000002000000000',
      },
    ]);
  });
});

describe('exponential histograms', () => {
  it('hold every value in the bucket it belongs to, in at most 160 of them', () => {
    expect(histogramPoint(histogramOf({}))).toBeNull();
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 250_000, noNaN: true }), { minLength: 1 }), (values) => {
        const point = histogramPoint(histogramOf(Object.fromEntries(values.map((value) => [value, 1]))));
        if (point === null) throw new Error('there are values');
        const { scale, positive, zeroCount, count } = point;
        const counts = positive.bucketCounts.map(Number);
        expect(counts.length).toBeLessThanOrEqual(160);
        expect(counts.reduce((sum, one) => sum + one, Number(zeroCount))).toBe(Number(count));
        if (counts.length === 0) return;
        const bound = (index: number) => 2 ** (index / 2 ** scale);
        // Values are known within 0.8 %.
        expect(bound(positive.offset + counts.length) * 1.01).toBeGreaterThanOrEqual(point.max);
        expect(bound(positive.offset + counts.length - 1)).toBeLessThanOrEqual(point.max * 1.01);
      }),
    );
  });
});
