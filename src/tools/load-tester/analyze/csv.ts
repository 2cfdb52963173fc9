import type { LoadSlice } from '../record.ts';
import { type EndpointFigures, type Percentile, sliceFigures } from './figures.ts';

const COLUMNS = [
  'time',
  'second',
  'endpoint',
  'sent',
  'succeeded',
  'failed',
  'given_up',
  'req_per_s',
  'p50_ms',
  'p90_ms',
  'p95_ms',
  'p99_ms',
  'max_ms',
  'service_p50_ms',
  'lag_p99_ms',
  'bytes_in',
  'in_flight',
  'queued',
  'users',
  'sessions_dropped',
] as const;

/** A row for each slice and endpoint (RFC 4180, a header first). What was not measured is empty; counts of the whole run are sums of rows. */
export function slicesAsCsv(slices: readonly LoadSlice[]): string {
  const rows = slices.flatMap((slice) =>
    sliceFigures(slice).endpoints.map((figures) =>
      [...ownCells(slice, figures), ...sharedCells(slice)].join(','),
    ),
  );
  return [COLUMNS.join(','), ...rows, ''].join('\r\n');
}

function ownCells(slice: LoadSlice, figures: EndpointFigures): string[] {
  const { response, service, lag } = figures;
  return [
    new Date(slice.atMs).toISOString(),
    (slice.fromMs / 1_000).toFixed(1),
    quoted(figures.name),
    String(figures.sent),
    String(figures.succeeded),
    String(figures.failed),
    String(figures.givenUp),
    figures.rate.toFixed(2),
    ...[response.p50, response.p90, response.p95, response.p99].map(cell),
    response.max === null ? '' : response.max.toFixed(3),
    cell(service.p50),
    cell(lag.p99),
    String(figures.bytesIn),
  ];
}

/** States of the whole run, the same in each row of a slice. */
function sharedCells({ inFlight, queued, users, sessions }: LoadSlice): string[] {
  return [inFlight, queued, users, sessions.dropped].map(String);
}

function cell(percentile: Percentile | null): string {
  return percentile === null ? '' : percentile.ms.toFixed(3);
}

/** Spreadsheets run what begins with one of these as a formula; names of endpoints may come from a log file. */
function quoted(name: string): string {
  const safe = /^[=+\-@\t\r]/.test(name) ? `'${name}` : name;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
