import { EMPTY_RECORD, type LogReader, type LogRecord, readLogTime, textOrNull } from './record.ts';

/** What the escapes of log_line_prefix become; groups are named after the fields they fill. */
const ESCAPES: Readonly<Record<string, string>> = {
  m: String.raw`(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ [\w+:-]+)`,
  t: String.raw`(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [\w+:-]+)`,
  n: String.raw`(?<epoch>\d+\.\d+)`,
  p: String.raw`(?<processId>\d+)`,
  u: String.raw`(?<user>[^\s,@\]]*)`,
  d: String.raw`(?<database>[^\s,@\]]*)`,
  a: String.raw`(?<application>.*?)`,
  e: String.raw`(?<code>[0-9A-Z]{5})`,
  Q: String.raw`(?<queryId>-?\d+)`,
  r: String.raw`[^\s]*`,
  h: String.raw`[^\s]*`,
  l: String.raw`\d+`,
  c: String.raw`[0-9a-f.]+`,
  v: String.raw`[\d/]*`,
  x: String.raw`\d+`,
  i: String.raw`.*?`,
  b: String.raw`.*?`,
  P: String.raw`\d*`,
  s: String.raw`[\d-]+ [\d:]+ [\w+:-]+`,
  L: String.raw`[^\s]*`,
};

/** What is tried when nobody says the prefix: the default, then the common ones. */
export const USUAL_PREFIXES = [
  '%m [%p] ',
  '%m [%p] %q%u@%d ',
  '%t [%p]: user=%u,db=%d,app=%a,client=%h ',
  '%t [%p]: [%l-1] user=%u,db=%d,app=%a,client=%h ',
  '%m [%p] %u@%d/%a ',
  '%t:%r:%u@%d:[%p]:',
] as const;

const SEVERITIES = 'DEBUG[1-5]?|INFO|NOTICE|WARNING|LOG|ERROR|FATAL|PANIC';
const ATTACHED = 'DETAIL|HINT|QUERY|CONTEXT|STATEMENT|BACKTRACE|LOCATION';

/** A pattern for the first line of an entry; null for a prefix that cannot be told from the text behind it. */
export function prefixPattern(prefix: string): RegExp | null {
  let source = '';
  let optional = 0;
  for (const part of prefix.matchAll(/%(?:-?\d+)?([a-zA-Z%])|([^%]+)/g)) {
    const [, escape, literal] = part;
    if (literal !== undefined) source += literal.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
    else if (escape === '%') source += '%';
    // Background processes write nothing behind %q.
    else if (escape === 'q') {
      source += '(?:';
      optional += 1;
    } else {
      const pattern = ESCAPES[escape ?? ''];
      if (pattern === undefined) return null;
      const isPadded = /\d/.test(part[0]);
      source += isPadded ? String.raw`\s*${pattern}\s*` : pattern;
    }
  }
  source += ')?'.repeat(optional);
  if (!/\?<(?:time|epoch|processId)>/.test(source)) return null;
  try {
    return new RegExp(
      String.raw`^${source}\s*(?<severity>${SEVERITIES}|${ATTACHED}):\s{1,2}(?<text>.*)$`,
      'su',
    );
  } catch {
    // The same escape twice would be the same group twice.
    return null;
  }
}

/** An entry and the DETAIL, CONTEXT and STATEMENT that the same process writes behind it, as one record. */
export function createStderrLogReader(pattern: RegExp): LogReader {
  /** By process: entries of several may be mixed. */
  const open = new Map<string, LogRecord>();
  let last: { process: string; field: 'message' | 'detail' | 'context' | 'statement' } | null = null;
  let unreadable = 0;

  function attach(process: string, kind: string, text: string): void {
    const record = open.get(process);
    if (record === undefined) return;
    const field =
      kind === 'DETAIL'
        ? 'detail'
        : kind === 'CONTEXT'
          ? 'context'
          : kind === 'STATEMENT'
            ? 'statement'
            : null;
    if (field === null) last = null;
    else {
      record[field] = text;
      last = { process, field };
    }
  }

  return {
    push(line) {
      const match = pattern.exec(line);
      if (match?.groups === undefined) {
        // Following lines of an entry begin with a tab.
        const record = last === null ? undefined : open.get(last.process);
        if (record !== undefined && last !== null && line.startsWith('\t')) {
          record[last.field] = `${record[last.field] ?? ''}\n${line.slice(1)}`;
        } else if (line.trim() !== '') unreadable += 1;
        return [];
      }
      const { groups } = match;
      const process = groups['processId'] ?? '';
      const severity = groups['severity'] ?? '';
      if (new RegExp(`^(?:${ATTACHED})$`).test(severity)) {
        attach(process, severity, groups['text'] ?? '');
        return [];
      }
      const before = open.get(process);
      open.set(process, recordOf(groups, severity));
      last = { process, field: 'message' };
      return before === undefined ? [] : [before];
    },
    end() {
      const records = [...open.values()];
      open.clear();
      last = null;
      return records;
    },
    unreadable: () => unreadable,
  };
}

function recordOf(groups: Readonly<Record<string, string | undefined>>, severity: string): LogRecord {
  const { time, epoch, processId, user, database, application, code, queryId, text } = groups;
  return {
    ...EMPTY_RECORD,
    atMs: epoch === undefined ? readLogTime(time ?? '') : Math.round(Number(epoch) * 1_000),
    processId: processId === undefined ? null : Number(processId),
    user: knownName(user),
    database: knownName(database),
    application: knownName(application),
    severity,
    code: textOrNull(code),
    message: text ?? '',
    queryId: queryId === undefined || queryId === '0' ? null : queryId,
  };
}

function knownName(name: string | undefined): string | null {
  return name === undefined || name === '' || name === '[unknown]' ? null : name;
}
