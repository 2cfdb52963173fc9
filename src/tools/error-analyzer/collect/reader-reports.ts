import type { ReaderReport } from '../../_shared/logs/record-reader.ts';
import type { IngestReport, StreamReport } from './types.ts';

export const EMPTY_REPORT: ReaderReport = {
  format: null,
  wrapper: null,
  lines: 0,
  bytes: 0,
  records: 0,
  undecoded: 0,
  withoutTime: 0,
  cutLines: 0,
  cutRecords: 0,
  assumptions: [],
};

/** Sums; of the names, the last ones that were told. */
export function addReports(one: ReaderReport, other: ReaderReport): ReaderReport {
  return {
    format: other.format ?? one.format,
    wrapper: other.wrapper ?? one.wrapper,
    lines: one.lines + other.lines,
    bytes: one.bytes + other.bytes,
    records: one.records + other.records,
    undecoded: one.undecoded + other.undecoded,
    withoutTime: one.withoutTime + other.withoutTime,
    cutLines: one.cutLines + other.cutLines,
    cutRecords: one.cutRecords + other.cutRecords,
    assumptions: [...new Set([...one.assumptions, ...other.assumptions])],
  };
}

/** Of parts of one reading, or of readings one after the other. */
export function sumReports(reports: readonly IngestReport[]): IngestReport {
  const sum = (of: (report: IngestReport) => number): number =>
    reports.reduce((total, report) => total + of(report), 0);
  return {
    records: sum(({ records }) => records),
    errors: sum(({ errors }) => errors),
    withoutTime: sum(({ withoutTime }) => withoutTime),
    early: sum(({ early }) => early),
    late: sum(({ late }) => late),
    overflowed: sum(({ overflowed }) => overflowed),
    lines: sum(({ lines }) => lines),
    bytes: sum(({ bytes }) => bytes),
    streams: streamsOf(reports.flatMap(({ streams }) => streams)),
    superseded: reports.at(-1)?.superseded ?? false,
  };
}

function streamsOf(reports: readonly StreamReport[]): StreamReport[] {
  const byName = new Map<string, StreamReport>();
  for (const report of reports) {
    const before = byName.get(report.stream);
    byName.set(
      report.stream,
      before === undefined
        ? report
        : {
            ...before,
            ...addReports(before, report),
            failed: report.failed ?? before.failed,
            truncations: before.truncations + report.truncations,
            lostBytesAtMost: sumKnown(before.lostBytesAtMost, report.lostBytesAtMost),
          },
    );
  }
  return [...byName.values()];
}

function sumKnown(one: number | null, other: number | null): number | null {
  return one === null || other === null ? null : one + other;
}
