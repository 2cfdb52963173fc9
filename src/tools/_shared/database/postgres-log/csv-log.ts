import { EMPTY_RECORD, type LogReader, type LogRecord, readLogTime, textOrNull } from './record.ts';

/** Columns of csvlog that we use, by position; those behind application_name came with 13 and 14. */
const COLUMN = {
  time: 0,
  user: 1,
  database: 2,
  processId: 3,
  severity: 11,
  code: 12,
  message: 13,
  detail: 14,
  context: 18,
  statement: 19,
  application: 22,
  queryId: 25,
} as const;
const FEWEST_COLUMNS = 23;
/** A quote that is never closed must not swallow the rest of the file. */
const MAX_ROW_CHARACTERS = 4_000_000;

/** `log_destination = csvlog`: quoted fields may hold line ends, so a record may take many lines. */
export function createCsvLogReader(): LogReader {
  let unreadable = 0;
  let open = '';
  const finish = (row: string): LogRecord[] => {
    const record = readCsvRecord(row);
    if (record === null) unreadable += 1;
    return record === null ? [] : [record];
  };
  return {
    push(line) {
      const row = open === '' ? line : `${open}\n${line}`;
      if (row.trim() === '') return [];
      const inQuotes = (row.match(/"/g)?.length ?? 0) % 2 === 1;
      if (inQuotes && row.length <= MAX_ROW_CHARACTERS) {
        open = row;
        return [];
      }
      open = '';
      return finish(row);
    },
    end() {
      const row = open;
      open = '';
      return row === '' ? [] : finish(row);
    },
    unreadable: () => unreadable,
  };
}

export function readCsvRecord(row: string): LogRecord | null {
  const fields = splitCsv(row);
  const severity = textOrNull(fields[COLUMN.severity]);
  if (fields.length < FEWEST_COLUMNS || severity === null) return null;
  const queryId = textOrNull(fields[COLUMN.queryId]);
  return {
    ...EMPTY_RECORD,
    atMs: readLogTime(fields[COLUMN.time] ?? ''),
    processId: Number(fields[COLUMN.processId]) || null,
    user: textOrNull(fields[COLUMN.user]),
    database: textOrNull(fields[COLUMN.database]),
    application: textOrNull(fields[COLUMN.application]),
    severity,
    code: textOrNull(fields[COLUMN.code]),
    message: fields[COLUMN.message] ?? '',
    detail: textOrNull(fields[COLUMN.detail]),
    context: textOrNull(fields[COLUMN.context]),
    statement: textOrNull(fields[COLUMN.statement]),
    queryId: queryId === '0' ? null : queryId,
  };
}

/** RFC 4180: a doubled quote within quotes is one. */
export function splitCsv(row: string): string[] {
  const fields: string[] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^,]*))(,|$)/gy;
  for (;;) {
    const match = field.exec(row);
    if (match === null) return fields;
    fields.push(match[1] === undefined ? (match[2] ?? '') : match[1].replaceAll('""', '"'));
    if (match[3] === '') return fields;
  }
}
