/** What a reader counts; one object for all of its lanes. */
export interface ReaderCounters {
  lines: number;
  bytes: number;
  records: number;
  undecoded: number;
  withoutTime: number;
  cutLines: number;
  cutRecords: number;
}

export function createReaderCounters(): ReaderCounters {
  return { lines: 0, bytes: 0, records: 0, undecoded: 0, withoutTime: 0, cutLines: 0, cutRecords: 0 };
}
