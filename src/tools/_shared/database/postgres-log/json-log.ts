import { EMPTY_RECORD, type LogReader, type LogRecord, readLogTime, textOrNull } from './record.ts';

/** `log_destination = jsonlog` (PostgreSQL 15 and newer): one object a line. */
export function createJsonLogReader(): LogReader {
  let unreadable = 0;
  return {
    push(line) {
      if (line.trim() === '') return [];
      const record = readJsonRecord(line);
      if (record === null) unreadable += 1;
      return record === null ? [] : [record];
    },
    end: () => [],
    unreadable: () => unreadable,
  };
}

export function readJsonRecord(line: string): LogRecord | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return null;
  }
  if (typeof parsed !== 'object' || parsed === null) return null;
  const fields = parsed as Record<string, unknown>;
  const severity = textOrNull(fields['error_severity']);
  if (severity === null) return null;
  const queryId = fields['query_id'];
  return {
    ...EMPTY_RECORD,
    atMs: readLogTime(textOrNull(fields['timestamp']) ?? ''),
    processId: typeof fields['pid'] === 'number' ? fields['pid'] : null,
    user: textOrNull(fields['user']),
    database: textOrNull(fields['dbname']),
    application: textOrNull(fields['application_name']),
    severity,
    code: textOrNull(fields['state_code']),
    message: textOrNull(fields['message']) ?? '',
    detail: textOrNull(fields['detail']),
    context: textOrNull(fields['context']),
    statement: textOrNull(fields['statement']),
    // JSON numbers of 64 bits lose their last digits: the text says them all.
    queryId: typeof queryId === 'number' && queryId !== 0 ? exactNumber(line, 'query_id') : null,
  };
}

function exactNumber(line: string, name: string): string | null {
  return new RegExp(`"${name}":(-?\\d+)`).exec(line)?.[1] ?? null;
}
