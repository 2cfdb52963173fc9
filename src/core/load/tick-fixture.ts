import fc from 'fast-check';
import {
  createLatencyHistogram,
  recordLatency,
  type SparseHistogram,
  toSparse,
} from './latency-histogram.ts';
import type { EndpointMeasure, LoadTick } from './measure.ts';
import { EMPTY_TICK, emptyMeasure } from './nothing.ts';

export function tickFixture(more: Partial<LoadTick> = {}): LoadTick {
  return { ...EMPTY_TICK, atMs: 1_790_000_000_200, toMs: 200, ...more };
}

export function endpointFixture(more: Partial<EndpointMeasure> = {}): EndpointMeasure {
  return { ...emptyMeasure('GET /'), ...more };
}

const count = fc.nat({ max: 1_000 });

const histogram: fc.Arbitrary<SparseHistogram> = fc
  .array(fc.double({ min: 0, max: 10_000, noNaN: true }), { maxLength: 8 })
  .map((values) => {
    const filled = createLatencyHistogram();
    for (const value of values) recordLatency(filled, value);
    return toSparse(filled);
  });

const endpoint: fc.Arbitrary<EndpointMeasure> = fc.record({
  name: fc.constantFrom('GET /', 'GET /products', 'POST /orders'),
  sent: count,
  succeeded: count,
  failed: fc.dictionary(fc.constantFrom('timeout', 'reset', 'status-5xx'), count, { noNullPrototype: true }),
  statuses: fc
    .dictionary(fc.constantFrom('200', '404', '503'), count, { noNullPrototype: true })
    .map((statuses) => statuses as Record<number, number>),
  cancelled: count,
  bytesIn: count,
  bytesOut: count,
  service: histogram,
  response: histogram,
  lag: histogram,
  firstByte: histogram,
  censored: histogram,
  serverTiming: histogram,
});

/** Ticks with arbitrary counts; spans and states are left to the test. */
export const arbitraryTick: fc.Arbitrary<LoadTick> = fc
  .record({
    endpoints: fc.uniqueArray(endpoint, { maxLength: 3, selector: ({ name }) => name }),
    sessions: fc.record({ asked: count, begun: count, dropped: count, ended: count }),
    opened: count,
    connect: histogram,
    tls: histogram,
    closedByServer: count,
  })
  .map(tickFixture);

/** All counts of these ticks in a form in which equal totals are equal, whatever the order and the grouping was. */
export function totalsOf(ticks: readonly LoadTick[]): Map<string, number> {
  const totals = new Map<string, number>();
  const add = (key: string, value: number): void => {
    if (value !== 0) totals.set(key, (totals.get(key) ?? 0) + value);
  };
  const addHistogram = (key: string, { buckets, counts, sumUnits }: SparseHistogram): void => {
    for (const [position, bucket] of buckets.entries()) add(`${key}.${bucket}`, counts[position] ?? 0);
    add(`${key}.sum`, sumUnits);
  };
  for (const tick of ticks) {
    for (const [name, value] of Object.entries(tick.sessions)) add(`sessions.${name}`, value);
    add('opened', tick.opened);
    add('closedByServer', tick.closedByServer);
    addHistogram('connect', tick.connect);
    addHistogram('tls', tick.tls);
    for (const { name, ...measure } of tick.endpoints) {
      for (const [field, value] of Object.entries(measure)) {
        const key = `${name} ${field}`;
        if (typeof value === 'number') add(key, value);
        else if ('buckets' in value) addHistogram(key, value);
        else for (const [kind, times] of Object.entries(value)) add(`${key}.${kind}`, times);
      }
    }
  }
  return new Map([...totals].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
