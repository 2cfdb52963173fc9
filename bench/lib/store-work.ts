import { findingFingerprint, findingId } from '../../src/core/finding.ts';
import type { Sample, SeriesKey } from '../../src/core/metric.ts';
import type { IdentifiedDraft } from '../../src/store/store.ts';

export const WRITER_TOOL = 'store-writer';
export const SERIES_PER_WRITER = 20;

/** Series `index` of one writer. */
export function writerSeries(writer: string, index: number): SeriesKey {
  return {
    metric: 'http.probe.duration',
    unit: 'ms',
    attributes: { target: writer, endpoint: `GET /api/${index}`, temperature: 'cold' },
  };
}

/** One sample for each of a writer's series, a second's worth; its value is the number of the batch. */
export function batchOf(
  writer: string,
  number: number,
  atMs: number,
): { series: SeriesKey; samples: Sample[] }[] {
  return Array.from({ length: SERIES_PER_WRITER }, (_, index) => ({
    series: writerSeries(writer, index),
    samples: [
      {
        atMs,
        outcome: 'ok',
        value: number,
        coversMs: 20_000,
        detail: {
          queue: 0.02,
          dns: 0.31,
          tcp: 0.44,
          tls: null,
          request: 0.05,
          ttfb: 11.83,
          transfer: 0.21,
          status: 200,
        },
      },
    ],
  }));
}

/** The finding a writer keeps reporting. */
export function findingDraft(writer: string): IdentifiedDraft {
  const rule = `${WRITER_TOOL}/kept`;
  const subject = { kind: 'endpoint' as const, name: `GET /${writer}` };
  const fingerprint = findingFingerprint(rule, subject);
  const id = findingId('writer', fingerprint);
  return {
    id,
    fingerprint,
    rule,
    severity: 'low',
    confidence: 'likely',
    title: `Written by ${writer}`,
    subject,
    evidence: [{ label: 'writer', value: writer }],
    fix: { summary: 'None', steps: [] },
    verify: { argv: ['rearguard', 'verify', id], check: { tool: WRITER_TOOL, command: 'write', input: {} } },
  };
}
