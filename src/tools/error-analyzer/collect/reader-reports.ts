import type { ReaderReport } from '../../_shared/logs/record-reader.ts';

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
